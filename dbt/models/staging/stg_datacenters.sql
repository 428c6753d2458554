-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'slug': 'text',
  'account_id': 'text',
  'provider': 'text',
  'region': 'text',
} %}
{% set compose = {
  'slug': 'text',
  'provider': 'text',
  'region': 'text',
} %}
{{ stage({'ibm_cloud': ibm_cloud, 'compose': compose}, full_refresh=['ibm_cloud', 'compose']) }}
