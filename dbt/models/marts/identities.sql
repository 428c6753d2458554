with known as (
  select
    platform, iam_id as id, coalesce(nullif(trim(coalesce(firstname, '') || ' ' || coalesce(lastname, '')), ''), user_id) as own_name,
    cast(null as text) as name, email, last_authenticated_at, authentication_count
  from {{ ref('stg_users') }}
  union all
  select platform, iam_id, name, null, null, last_authenticated_at, authentication_count
  from {{ ref('stg_service_ids') }}
  union all
  select platform, iam_id, name, null, null, last_authenticated_at, authentication_count
  from {{ ref('stg_trusted_profiles') }}
  union all
  select t.platform, (m.value ->> 'iam_id'), null, (m.value ->> 'name'), (m.value ->> 'email'), null, null
  from {{ ref('stg_teams') }} as t
  left join {{ elements('t.members', 'm') }} on true
  union all
  select t.platform, (u.value ->> 'id'), null, (u.value ->> 'name'), null, null, null
  from {{ ref('stg_teams') }} as t
  left join {{ elements('t.users', 'u') }} on true
  union all
  select r.platform, (u.value ->> 'id'), null, (u.value ->> 'name'), null, null, null
  from {{ ref('stg_deployments_roles') }} as r
  left join {{ elements('r.users', 'u') }} on true
  union all
  select platform, user_id, null, null, email, null, null
  from {{ ref('stg_audit_events') }}
),

-- IBM Cloud spells the prefix of a trusted profile's ID both `iam-Profile` and `Iam-Profile`.
named as (
  select
    platform, lower(id) as lower_id, max(id) as id,
    coalesce(max(own_name), max(name), max(email)) as name,
    max(email) as email,
    max(last_authenticated_at) as last_authenticated_at,
    max(authentication_count) as authentication_count
  from known
  where id is not null
  group by platform, lower(id)
),

assuming as (
  select p.platform, lower(p.iam_id) as lower_id, coalesce(n.name, (i.value ->> 'identifier')) as name
  from {{ ref('stg_trusted_profiles') }} as p
  join {{ elements('p.identities', 'i') }} on true
  left join named as n on n.platform = p.platform and n.lower_id = lower(i.value ->> 'iam_id')
  union all
  select
    p.platform, lower(p.iam_id),
    (l.value ->> 'cr_type') || ' ' || coalesce((l.value ->> 'namespace') || '/', '') || coalesce((l.value ->> 'name'), (l.value ->> 'crn'))
  from {{ ref('stg_trusted_profiles') }} as p
  join {{ elements('p.links', 'l') }} on true
  union all
  select p.platform, lower(p.iam_id), 'rule ' || coalesce((r.value ->> 'name') || ' ', '') || '(' || coalesce((r.value ->> 'realm_name'), (r.value ->> 'cr_type'), '') || ')'
  from {{ ref('stg_trusted_profiles') }} as p
  join {{ elements('p.rules', 'r') }} on true
),

assumable as (
  select platform, lower_id, string_agg(distinct name, ', ' order by name) as assumable_by
  from assuming
  group by platform, lower_id
),

keys as (
  select platform, lower(iam_id) as lower_id, count(*) as api_keys, min(created_at) as oldest_api_key_at
  from {{ ref('stg_api_keys') }}
  where not coalesce(disabled, false)
  group by platform, lower(iam_id)
)

select
  n.platform,
  n.id,
  {{ subject_type('n.id') }} as type,
  n.name,
  n.email,
  a.assumable_by,
  k.api_keys,
  k.oldest_api_key_at,
  n.last_authenticated_at,
  case
    when n.authentication_count is not null or n.last_authenticated_at is not null
    then coalesce(n.last_authenticated_at < {{ as_of() }} - interval '{{ var("unused_after_days") }} days', true)
  end as is_unused
from named as n
left join assumable as a on a.platform = n.platform and a.lower_id = n.lower_id
left join keys as k on k.platform = n.platform and k.lower_id = n.lower_id
