-- Written by `npm run docs` from the stream declarations.
{% set compose = {
  'deployment_id': 'text',
  'summary': 'text',
  'alerts': 'list',
} %}
{{ stage({'compose': compose}, full_refresh=['compose']) }}
