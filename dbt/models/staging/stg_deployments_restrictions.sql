-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'rule_id': 'text',
  'description': 'text',
  'enforcement_mode': 'text',
  'service_name': 'text',
  'service_instance': 'text',
  'deployment_id': 'text',
  'region': 'text',
  'resource_group_id': 'text',
  'resource_tags': 'list',
  'contexts': 'list',
  'addresses': 'list',
  'excluded_addresses': 'list',
  'api_types': 'list',
  'created_at': 'timestamp',
  'created_by_id': 'text',
  'last_modified_at': 'timestamp',
  'last_modified_by_id': 'text',
} %}
{{ stage({'ibm_cloud': ibm_cloud}, full_refresh=['ibm_cloud']) }}
