-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'iam_id': 'text',
  'group_id': 'text',
  'name': 'text',
  'description': 'text',
  'locked': 'boolean',
  'unique_instance_crns': 'list',
  'created_at': 'timestamp',
  'modified_at': 'timestamp',
  'last_authenticated_at': 'timestamp',
  'authentication_count': 'integer',
} %}
{{ stage({'ibm_cloud': ibm_cloud}, full_refresh=['ibm_cloud']) }}
