with locations as (
  select platform, account_id, region as location, count(*) as databases
  from {{ ref('stg_deployments') }}
  where platform = 'ibm_cloud'
  group by platform, account_id, region
),

-- Routes are independent. In each route, only the first rule that matches a location applies.
matching as (
  select
    l.platform, l.account_id, l.location, r.rule_number, r.target_id, r.target_name, r.write_status, r.last_failure_at,
    r.last_failure_reason,
    min(r.rule_number) over (partition by l.platform, l.account_id, l.location, r.route_id) as first_rule_number
  from locations as l
  join {{ ref('stg_audit_routes') }} as r
    on r.platform = l.platform
    and r.account_id = l.account_id
    -- A rule's location can be a country, such as jp.
    and (r.location in ('*', l.location) or l.location like r.location || '-%')
),

receiving as (
  select
    platform, account_id, location, false as is_default, target_id, target_name, write_status, last_failure_at, last_failure_reason
  from matching
  where rule_number = first_rule_number
  union all
  -- Default targets receive the events that no rule matches.
  select
    l.platform, l.account_id, l.location, true, r.target_id, r.target_name, r.write_status, r.last_failure_at, r.last_failure_reason
  from locations as l
  join {{ ref('stg_audit_routes') }} as r on r.platform = l.platform and r.account_id = l.account_id and r.is_default_target
  left join matching as m on m.platform = l.platform and m.account_id = l.account_id and m.location = l.location
  where m.platform is null
),

covered as (
  select
    platform, account_id, location, is_default,
    string_agg(distinct coalesce(target_name, target_id), ', ' order by coalesce(target_name, target_id)) as targets,
    string_agg(distinct case when write_status <> 'success' then coalesce(target_name, target_id) end, ', '
      order by case when write_status <> 'success' then coalesce(target_name, target_id) end) as failing_targets,
    string_agg(distinct case when write_status <> 'success' then last_failure_reason end, ' '
      order by case when write_status <> 'success' then last_failure_reason end) as failure_reasons,
    max(last_failure_at) as last_failure_at
  from receiving
  group by platform, account_id, location, is_default
),

routed_accounts as (
  select distinct platform, account_id
  from {{ ref('stg_audit_routes') }}
)

select
  {{ key_of(['l.platform', 'l.account_id', 'l.location']) }} as id,
  l.platform,
  l.account_id,
  a.name as account_name,
  l.location,
  l.databases,
  case
    when r.account_id is null then 'no_routes'
    when c.targets is null then 'dropped'
    when c.targets = c.failing_targets then 'failing'
    when c.is_default then 'default_target'
    else 'routed'
  end as status,
  c.targets,
  c.failing_targets,
  c.failure_reasons,
  c.last_failure_at
from locations as l
left join covered as c on c.platform = l.platform and c.account_id = l.account_id and c.location = l.location
left join routed_accounts as r on r.platform = l.platform and r.account_id = l.account_id
left join {{ ref('stg_accounts') }} as a on a.platform = l.platform and a.id = l.account_id
