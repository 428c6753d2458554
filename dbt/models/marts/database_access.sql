with policies as (
  select
    platform, account_id, policy_id, iam_id as subject_id, cast(null as text) as group_id, name as role, scope,
    service_instance, service_name, resource_group_id, region, resource_tags is not null or time_condition is not null as is_conditional
  from {{ ref('stg_deployments_roles') }}
  where platform = 'ibm_cloud'
  union all
  select
    platform, account_id, policy_id, null, access_group_id, name, scope, service_instance, service_name,
    resource_group_id, region, resource_tags is not null or time_condition is not null
  from {{ ref('stg_deployments_team_roles') }}
  where platform = 'ibm_cloud'
),

-- A policy covers every database of its account that matches all attributes of the policy.
grants as (
  select
    p.platform, d.id as deployment_id, p.role, p.policy_id, p.scope, p.service_name is not null as names_service,
    p.is_conditional, p.subject_id as direct_id, p.group_id, t.name as group_name, m.value as member
  from policies as p
  join {{ ref('stg_deployments') }} as d
    on d.platform = p.platform
    and d.account_id is not distinct from p.account_id
    and (p.service_instance is null or p.service_instance = d.guid)
    and (p.service_name is null or p.service_name = d.service)
    and (p.resource_group_id is null or p.resource_group_id = d.resource_group_id)
    and (p.region is null or p.region = d.region)
  left join {{ ref('stg_teams') }} as t
    on t.platform = p.platform and t.account_id is not distinct from p.account_id and t.id = p.group_id
  left join {{ elements('t.members', 'm') }} on true
),

access as (
  select
    platform, deployment_id, coalesce(direct_id, (member ->> 'iam_id')) as subject_id, role, policy_id, scope,
    names_service, is_conditional, group_id, group_name
  from grants
  union all
  select
    r.platform, r.deployment_id, (u.value ->> 'id'), r.name, null, 'instance', true, false, null, null
  from {{ ref('stg_deployments_roles') }} as r
  left join {{ elements('r.users', 'u') }} on true
  where r.platform = 'compose' and u.value is not null
  union all
  select
    r.platform, r.deployment_id, (u.value ->> 'id'), r.name, null, 'instance', true, false, (g.value ->> 'id'),
    (g.value ->> 'name')
  from {{ ref('stg_deployments_team_roles') }} as r
  left join {{ elements('r.teams', 'g') }} on true
  left join {{ ref('stg_teams') }} as t on t.platform = r.platform and t.id = (g.value ->> 'id')
  left join {{ elements('t.users', 'u') }} on true
  where r.platform = 'compose'
)

select distinct
  {{ key_of(['a.platform', 'a.deployment_id', 'a.policy_id', 'a.role', 'a.group_id', 'a.subject_id']) }} as id,
  a.platform,
  d.account_id,
  a.deployment_id,
  d.name as database_name,
  coalesce(i.id, a.subject_id) as subject_id,
  case
    when a.group_id = 'AccessGroupId-PublicAccess' then 'everyone'
    when a.subject_id is null then 'nobody_known'
    else {{ subject_type('a.subject_id') }}
  end as subject_type,
  i.name as subject_name,
  i.email as subject_email,
  i.assumable_by as subject_assumable_by,
  i.last_authenticated_at as subject_last_authenticated_at,
  i.is_unused as subject_is_unused,
  a.role,
  a.group_id,
  a.group_name,
  a.policy_id,
  a.scope,
  a.names_service,
  a.is_conditional
from access as a
left join {{ ref('stg_deployments') }} as d on d.platform = a.platform and d.id = a.deployment_id
left join {{ ref('identities') }} as i on i.platform = a.platform and lower(i.id) = lower(a.subject_id)
