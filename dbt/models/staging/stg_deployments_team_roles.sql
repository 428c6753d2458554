-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'policy_id': 'text',
  'access_group_id': 'text',
  'subject_type': 'text',
  'name': 'text',
  'role': 'text',
  'role_id': 'text',
  'scope': 'text',
  'deployment_id': 'text',
  'service_instance': 'text',
  'service_name': 'text',
  'resource_group_id': 'text',
  'region': 'text',
  'state': 'text',
  'description': 'text',
  'resource_tags': 'list',
  'time_condition': 'text',
  'rule': 'object',
  'created_at': 'timestamp',
  'created_by_id': 'text',
  'last_modified_at': 'timestamp',
  'last_modified_by_id': 'text',
} %}
{% set compose = {
  'id': 'text',
  'deployment_id': 'text',
  'name': 'text',
  'teams': 'list',
} %}
{{ stage({'ibm_cloud': ibm_cloud, 'compose': compose}, full_refresh=['ibm_cloud', 'compose']) }}
