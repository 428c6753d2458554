-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'type': 'text',
  'account_id': 'text',
  'generation': 'text',
  'versions': 'list',
} %}
{% set compose = {
  'type': 'text',
  'status': 'text',
  'display_name': 'text',
  'versions': 'list',
} %}
{{ stage({'ibm_cloud': ibm_cloud, 'compose': compose}, full_refresh=['ibm_cloud', 'compose']) }}
