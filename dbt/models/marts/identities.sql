-- The names of users and programs, from groups, teams and audit events.
with known as (
  select
    t.platform,
    (m.value ->> 'iam_id') as id,
    (m.value ->> 'name') as name,
    (m.value ->> 'email') as email
  from {{ ref('stg_teams') }} as t
  left join {{ elements('t.members', 'm') }} on true
  union all
  select t.platform, (u.value ->> 'id'), (u.value ->> 'name'), null
  from {{ ref('stg_teams') }} as t
  left join {{ elements('t.users', 'u') }} on true
  union all
  select r.platform, (u.value ->> 'id'), (u.value ->> 'name'), null
  from {{ ref('stg_deployments_roles') }} as r
  left join {{ elements('r.users', 'u') }} on true
  union all
  select platform, user_id, null, email
  from {{ ref('stg_audit_events') }}
)

select platform, id, coalesce(max(name), max(email)) as name, max(email) as email
from known
where id is not null
group by platform, id
