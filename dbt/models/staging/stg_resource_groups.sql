-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'crn': 'text',
  'name': 'text',
  'state': 'text',
  'default': 'boolean',
  'quota_id': 'text',
  'created_at': 'timestamp',
  'updated_at': 'timestamp',
} %}
{{ stage({'ibm_cloud': ibm_cloud}, full_refresh=['ibm_cloud']) }}
