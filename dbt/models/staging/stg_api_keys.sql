-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'type': 'text',
  'iam_id': 'text',
  'name': 'text',
  'description': 'text',
  'locked': 'boolean',
  'disabled': 'boolean',
  'support_sessions': 'boolean',
  'action_when_leaked': 'text',
  'created_at': 'timestamp',
  'created_by': 'text',
  'modified_at': 'timestamp',
  'expires_at': 'timestamp',
} %}
{{ stage({'ibm_cloud': ibm_cloud}, full_refresh=['ibm_cloud']) }}
