-- Written by `npm run docs` from the stream declarations.
{% set compose = {
  'id': 'text',
  'account_id': 'text',
  'name': 'text',
  'type': 'text',
  'provider': 'text',
  'region': 'text',
  'multitenant': 'boolean',
  'account_slug': 'text',
  'created_at': 'timestamp',
  'subdomain': 'text',
  'tags': 'list',
} %}
{{ stage({'compose': compose}, full_refresh=['compose']) }}
