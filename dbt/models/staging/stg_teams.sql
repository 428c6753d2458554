-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'key': 'text',
  'account_id': 'text',
  'id': 'text',
  'name': 'text',
  'description': 'text',
  'is_federated': 'boolean',
  'members': 'list',
  'created_at': 'timestamp',
  'created_by_id': 'text',
  'last_modified_at': 'timestamp',
  'last_modified_by_id': 'text',
} %}
{% set compose = {
  'id': 'text',
  'name': 'text',
  'users': 'list',
} %}
{{ stage({'ibm_cloud': ibm_cloud, 'compose': compose}, full_refresh=['ibm_cloud', 'compose']) }}
