with changes as (
  select
    platform, id, 'task' as kind, created_at as happened_at, deployment_id, name as what, status as outcome,
    source_user as actor_id, cast(null as text) as actor_email, source_ip as ip
  from {{ ref('stg_deployments_recipes') }}
  union all
  select platform, id, 'audit_event', created_at, deployment_id, event, outcome, user_id, email, ip
  from {{ ref('stg_audit_events') }}
)

select
  {{ key_of(['c.platform', 'c.kind', 'c.id']) }} as id,
  c.platform,
  c.happened_at,
  c.kind,
  c.deployment_id,
  d.name as database_name,
  c.what,
  c.outcome,
  c.actor_id,
  coalesce(i.name, c.actor_email, c.actor_id) as actor_name,
  c.ip
from changes as c
left join {{ ref('stg_deployments') }} as d on d.platform = c.platform and d.id = c.deployment_id
left join {{ ref('identities') }} as i on i.platform = c.platform and i.id = c.actor_id
