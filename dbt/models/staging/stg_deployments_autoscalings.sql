-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'deployment_id': 'text',
  'generation': 'text',
  'group_id': 'text',
  'resource': 'text',
  'capacity_enabled': 'boolean',
  'capacity_free_space_less_than_percent': 'number',
  'io_enabled': 'boolean',
  'io_over_period': 'text',
  'io_above_percent': 'number',
  'rate_increase_percent': 'number',
  'rate_period_seconds': 'integer',
  'rate_limit_mb_per_member': 'number',
  'rate_limit_count_per_member': 'number',
  'rate_units': 'text',
} %}
{{ stage({'ibm_cloud': ibm_cloud}, full_refresh=['ibm_cloud']) }}
