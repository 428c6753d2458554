with sizes as (
  select
    platform, deployment_id,
    sum(members) as members,
    sum(cpu_count_total) as cpu_count,
    sum(memory_mb_total) / 1024 as memory_gb,
    sum(disk_mb_total) / 1024 as disk_gb,
    max(case when memory_mb_max > 0 then 100 * cast(memory_mb_total as double precision) / memory_mb_max end)
      as memory_percent_of_max,
    max(case when disk_mb_max > 0 then 100 * cast(disk_mb_total as double precision) / disk_mb_max end)
      as disk_percent_of_max,
    min(case when memory_mb_total <= memory_mb_min and disk_mb_total <= disk_mb_min then 1 else 0 end) as is_minimum,
    cast(null as double precision) as used_percent
  from {{ ref('stg_deployments_scalings') }}
  where platform = 'ibm_cloud'
  group by platform, deployment_id
  union all
  select
    platform, deployment_id, null, null,
    cast(allocated_units * memory_per_unit_in_mb as numeric(38, 9)) / 1024,
    cast(allocated_units * storage_per_unit_in_mb as numeric(38, 9)) / 1024,
    null, null,
    case when allocated_units <= minimum_units then 1 else 0 end,
    case when allocated_units > 0 then 100 * cast(used_units as double precision) / allocated_units end
  from {{ ref('stg_deployments_scalings') }}
  where platform = 'compose'
),

autoscaled as (
  select platform, deployment_id, max(case when capacity_enabled or io_enabled then 1 else 0 end) as is_autoscaled
  from {{ ref('stg_deployments_autoscalings') }}
  where resource = 'disk'
  group by platform, deployment_id
),

months as (
  select platform, max(month) as month
  from {{ ref('database_costs') }}
  where month < left(cast({{ as_of() }} at time zone 'UTC' as text), 7)
  group by platform
),

costs as (
  select c.platform, c.deployment_id, c.month, c.currency_code, sum(c.cost) as cost
  from {{ ref('database_costs') }} as c
  join months as m on m.platform = c.platform and m.month = c.month
  group by 1, 2, 3, 4
)

select
  {{ key_of(['d.platform', 'd.id', 'c.currency_code']) }} as id,
  d.platform,
  d.id as deployment_id,
  d.name as database_name,
  d.type,
  d.generation,
  d.region,
  d.resource_group_name,
  cast(s.members as numeric(38, 0)) as members,
  cast(s.cpu_count as numeric(38, 3)) as cpu_count,
  cast(s.memory_gb as numeric(38, 3)) as memory_gb,
  cast(s.disk_gb as numeric(38, 3)) as disk_gb,
  cast(s.memory_percent_of_max as numeric(38, 1)) as memory_percent_of_max,
  cast(s.disk_percent_of_max as numeric(38, 1)) as disk_percent_of_max,
  cast(s.used_percent as numeric(38, 1)) as used_percent,
  coalesce(a.is_autoscaled = 1, false) as has_disk_autoscaling,
  case
    when s.memory_percent_of_max >= 80 or s.disk_percent_of_max >= 80 then 'near_maximum'
    when s.is_minimum = 1 then 'minimum'
    when s.used_percent < 50 then 'half_unused'
    when s.memory_percent_of_max is not null or s.used_percent is not null then 'within_limits'
    else 'no_limits_known'
  end as size_status,
  c.month,
  c.currency_code,
  cast(c.cost as numeric(38, 6)) as cost,
  cast(cast(c.cost as double precision) / nullif(cast(s.memory_gb as double precision), 0) as numeric(38, 4))
    as cost_per_memory_gb,
  cast(cast(c.cost as double precision) / nullif(cast(s.disk_gb as double precision), 0) as numeric(38, 4))
    as cost_per_disk_gb
from {{ ref('stg_deployments') }} as d
left join sizes as s on s.platform = d.platform and s.deployment_id = d.id
left join autoscaled as a on a.platform = d.platform and a.deployment_id = d.id
left join costs as c on c.platform = d.platform and c.deployment_id = d.id
