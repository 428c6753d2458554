-- Written by `npm run docs` from the declarations of the streams.
{% set compose = {
  'deployment_id': 'text',
  'summary': 'text',
  'alerts': 'list',
} %}
{{ stage({'compose': compose}, full_refresh=['compose']) }}
