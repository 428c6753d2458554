-- Written by `npm run docs` from the stream declarations.
{% set compose = {
  'key': 'text',
  'deployment_id': 'text',
  'id': 'text',
  'name': 'text',
  'type': 'text',
  'status': 'text',
  'created_at': 'timestamp',
  'addon': 'object',
} %}
{{ stage({'compose': compose}, full_refresh=['compose']) }}
