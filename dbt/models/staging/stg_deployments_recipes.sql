-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'deployment_id': 'text',
  'generation': 'text',
  'name': 'text',
  'template': 'text',
  'status': 'text',
  'progress_percent': 'integer',
  'created_at': 'timestamp',
} %}
{% set compose = {
  'id': 'text',
  'name': 'text',
  'template': 'text',
  'status': 'text',
  'status_detail': 'text',
  'account_id': 'text',
  'deployment_id': 'text',
  'parent_id': 'text',
  'created_at': 'timestamp',
  'updated_at': 'timestamp',
  'operations_complete': 'integer',
  'operations_total': 'integer',
  'source': 'text',
  'source_user': 'text',
  'source_reason': 'text',
  'source_ip': 'text',
} %}
{{ stage({'ibm_cloud': ibm_cloud, 'compose': compose}, full_refresh=[]) }}
