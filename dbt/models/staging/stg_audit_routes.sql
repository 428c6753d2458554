-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'route_id': 'text',
  'route_name': 'text',
  'managed_by': 'text',
  'rule_number': 'integer',
  'location': 'text',
  'target_id': 'text',
  'target_name': 'text',
  'target_type': 'text',
  'target_crn': 'text',
  'bucket': 'text',
  'write_status': 'text',
  'last_failure_at': 'timestamp',
  'last_failure_reason': 'text',
  'is_default_target': 'boolean',
} %}
{{ stage({'ibm_cloud': ibm_cloud}, full_refresh=['ibm_cloud']) }}
