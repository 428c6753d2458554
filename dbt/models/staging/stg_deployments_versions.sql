-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'deployment_id': 'text',
  'generation': 'text',
  'application': 'text',
  'method': 'text',
  'from_version': 'text',
  'to_version': 'text',
  'skip_backup_supported': 'boolean',
  'status': 'text',
  'is_preferred': 'boolean',
} %}
{% set compose = {
  'id': 'text',
  'deployment_id': 'text',
  'application': 'text',
  'method': 'text',
  'from_version': 'text',
  'to_version': 'text',
} %}
{{ stage({'ibm_cloud': ibm_cloud, 'compose': compose}, full_refresh=['ibm_cloud', 'compose']) }}
