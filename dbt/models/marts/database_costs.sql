with lines as (
  select
    platform, account_id, month, deployment_id, resource_group_id, sku, currency_code, metric, region, pricing_country,
    max(resource_instance_name) as instance_name,
    max(resource_group_name) as resource_group_name,
    max(plan_name) as plan_name,
    sum(units) as quantity,
    sum(amount) as cost
  from {{ ref('stg_billables') }}
  where platform = 'ibm_cloud' and billable is not false and non_chargeable is not true
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
),

months as (
  select distinct platform, account_id, month
  from lines
),

-- Each amount occurs twice: in its own month, and as the previous amount of the next month.
with_previous as (
  select *, 0 as previous_quantity, 0 as previous_cost, 1 as is_here, 0 as was_here
  from lines
  union all
  select
    platform, account_id,
    left(cast(cast(month || '-01' as date) + interval '1 month' as text), 7) as month,
    deployment_id, resource_group_id, sku, currency_code, metric, region, pricing_country, instance_name,
    resource_group_name, plan_name, 0, 0, quantity, cost, 0, 1
  from lines
),

changes as (
  select
    w.platform, w.account_id, w.month, w.deployment_id, w.resource_group_id, w.sku, w.currency_code,
    max(w.instance_name) as instance_name,
    max(w.resource_group_name) as resource_group_name,
    max(w.plan_name) as plan_name,
    sum(w.cost) as cost,
    sum(w.previous_cost) as previous_cost,
    case
      when max(w.was_here) = 1 and max(w.is_here) = 1 and sum(w.previous_quantity) <> 0 then cast(
        cast(sum(w.quantity) - sum(w.previous_quantity) as double precision)
        * cast(sum(w.previous_cost) as double precision)
        / cast(sum(w.previous_quantity) as double precision)
        as numeric(38, 6)
      )
      else 0
    end as by_quantity,
    case when max(w.was_here) = 0 then sum(w.cost) else 0 end as by_new,
    case when max(w.is_here) = 0 then -sum(w.previous_cost) else 0 end as by_gone
  from with_previous as w
  join months as m on m.platform = w.platform and m.account_id = w.account_id and m.month = w.month
  group by
    w.platform, w.account_id, w.month, w.deployment_id, w.resource_group_id, w.sku, w.currency_code, w.metric, w.region,
    w.pricing_country
),

costs as (
  select
    platform, account_id, month, deployment_id, resource_group_id, sku, currency_code,
    max(instance_name) as instance_name,
    max(resource_group_name) as resource_group_name,
    max(plan_name) as plan_name,
    sum(cost) as cost,
    sum(previous_cost) as previous_cost,
    sum(by_quantity) as by_quantity,
    sum(by_new) as by_new,
    sum(by_gone) as by_gone
  from changes
  group by 1, 2, 3, 4, 5, 6, 7
)

select
  {{ key_of(['c.month', 'c.deployment_id', 'c.resource_group_id', 'c.sku', 'c.currency_code']) }} as id,
  c.platform,
  c.month,
  c.deployment_id,
  coalesce(d.name, c.instance_name, c.deployment_id) as database_name,
  c.resource_group_id,
  coalesce(g.name, c.resource_group_name) as resource_group_name,
  c.sku as plan_id,
  c.plan_name,
  c.currency_code,
  cast(c.cost as numeric(38, 6)) as cost,
  -- IBM may correct a month's usage until the 20th of the next month.
  {{ as_of() }} >= (cast(c.month || '-01' as date) + interval '1 month' + interval '20 days') at time zone 'UTC' as is_final,
  -- These columns are null if the previous month wasn't read.
  {%- for name, amount in {
    'previous_cost': 'c.previous_cost',
    'change': 'c.cost - c.previous_cost',
    'change_by_quantity': 'c.by_quantity',
    'change_by_price': 'c.cost - c.previous_cost - c.by_quantity - c.by_new - c.by_gone',
    'change_by_new': 'c.by_new',
    'change_by_gone': 'c.by_gone',
  }.items() %}
  cast(case when p.month is not null then {{ amount }} end as numeric(38, 6)) as {{ name }}{{ ',' if not loop.last }}
  {%- endfor %}
from costs as c
left join months as p
  on p.platform = c.platform and p.account_id = c.account_id
  and left(cast(cast(p.month || '-01' as date) + interval '1 month' as text), 7) = c.month
left join {{ ref('stg_deployments') }} as d on d.platform = c.platform and d.id = c.deployment_id
left join {{ ref('stg_resource_groups') }} as g on g.platform = c.platform and g.id = c.resource_group_id
