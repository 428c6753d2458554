-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'deployment_id': 'text',
  'account_id': 'text',
  'generation': 'text',
  'earliest_point_in_time_recovery_time': 'timestamp',
} %}
{{ stage({'ibm_cloud': ibm_cloud}, full_refresh=['ibm_cloud']) }}
