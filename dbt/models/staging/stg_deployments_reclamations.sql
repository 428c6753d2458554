-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'deployment_id': 'text',
  'resource_group_id': 'text',
  'state': 'text',
  'target_time': 'timestamp',
  'created_at': 'timestamp',
  'created_by': 'text',
  'updated_at': 'timestamp',
  'updated_by': 'text',
} %}
{{ stage({'ibm_cloud': ibm_cloud}, full_refresh=['ibm_cloud']) }}
