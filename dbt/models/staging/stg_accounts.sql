-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'name': 'text',
  'owner_iam_id': 'text',
  'type': 'text',
  'status': 'text',
} %}
{% set compose = {
  'id': 'text',
  'name': 'text',
  'slug': 'text',
} %}
{{ stage({'ibm_cloud': ibm_cloud, 'compose': compose}, full_refresh=['ibm_cloud', 'compose']) }}
