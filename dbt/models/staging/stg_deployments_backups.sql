-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'deployment_id': 'text',
  'generation': 'text',
  'name': 'text',
  'type': 'text',
  'status': 'text',
  'is_downloadable': 'boolean',
  'is_restorable': 'boolean',
  'created_at': 'timestamp',
  'updated_at': 'timestamp',
  'size_gb': 'number',
  'version': 'text',
  'can_be_deleted_after': 'text',
} %}
{% set compose = {
  'id': 'text',
  'deployment_id': 'text',
  'name': 'text',
  'type': 'text',
  'status': 'text',
  'is_downloadable': 'boolean',
  'is_restorable': 'boolean',
  'created_at': 'timestamp',
} %}
{{ stage({'ibm_cloud': ibm_cloud, 'compose': compose}, full_refresh=[]) }}
