-- Written by `npm run docs` from the stream declarations.
{% set ibm_cloud = {
  'id': 'text',
  'account_id': 'text',
  'iam_id': 'text',
  'realm': 'text',
  'user_id': 'text',
  'email': 'text',
  'firstname': 'text',
  'lastname': 'text',
  'state': 'text',
  'added_on': 'timestamp',
  'last_authenticated_at': 'timestamp',
  'authentication_count': 'integer',
} %}
{{ stage({'ibm_cloud': ibm_cloud}, full_refresh=['ibm_cloud']) }}
