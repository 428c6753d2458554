with allowed as (
  select platform, deployment_id, count(*) as allowlist_entries
  from {{ ref('stg_deployments_allowlists') }}
  group by platform, deployment_id
),

-- A rule covers every database of its account that matches all attributes of the rule. Tags aren't compared.
covering as (
  select
    d.platform, d.id as deployment_id, r.rule_id, coalesce(cast(r.resource_tags as text), '[]') <> '[]' as is_conditional
  from {{ ref('stg_deployments') }} as d
  join {{ ref('stg_deployments_restrictions') }} as r
    on r.platform = d.platform
    and r.account_id = d.account_id
    and r.enforcement_mode = 'enabled'
    and (r.service_instance is null or r.service_instance = d.guid)
    and (r.service_name is null or r.service_name = d.service)
    and (r.resource_group_id is null or r.resource_group_id = d.resource_group_id)
    and (r.region is null or r.region = d.region)
),

restricted as (
  select
    platform, deployment_id,
    count(distinct case when not is_conditional then rule_id end) as restrictions,
    count(distinct case when is_conditional then rule_id end) as conditional_restrictions
  from covering
  group by platform, deployment_id
),

accessed as (
  select
    platform, deployment_id,
    count(distinct subject_id) as identities,
    count(distinct case when subject_is_unused then subject_id end) as unused_identities,
    max(subject_last_authenticated_at) as last_authenticated_at
  from {{ ref('database_access') }}
  group by platform, deployment_id
),

databases as (
  select
    d.*,
    coalesce(d.enable_public_endpoints, d.endpoints like '%public%') as has_public_endpoint,
    d.generation = 'gen2' and d.version is not null as has_gen2_settings
  from {{ ref('stg_deployments') }} as d
  where d.platform = 'ibm_cloud'
)

select
  d.platform,
  d.id as deployment_id,
  d.name as database_name,
  d.account_id,
  a.name as account_name,
  d.type,
  d.generation,
  d.region,
  d.resource_group_name,
  d.has_public_endpoint,
  case when d.generation = 'gen1' then coalesce(l.allowlist_entries, 0) end as allowlist_entries,
  coalesce(r.restrictions, 0) as restrictions,
  coalesce(r.conditional_restrictions, 0) as conditional_restrictions,
  case
    when not d.has_public_endpoint then 'private'
    when r.restrictions > 0 or l.allowlist_entries > 0 then 'restricted'
    when r.conditional_restrictions > 0 then 'restricted_by_tags'
    when d.has_public_endpoint then 'public'
    else 'unknown'
  end as network_status,
  case when d.has_gen2_settings then d.disk_encryption_key_crn is not null end as has_own_disk_key,
  case when d.has_gen2_settings then d.backup_encryption_key_crn is not null end as has_own_backup_key,
  d.automatic_backups_enabled,
  d.independent_backups_authorized,
  d.backups_preserved,
  cast(d.tags as text) = '[]' as is_untagged,
  case when d.generation = 'gen1' and d.version is not null then coalesce(v.status, 'supported') end as version_status,
  c.status as audit_status,
  coalesce(i.identities, 0) as identities,
  coalesce(i.unused_identities, 0) as unused_identities,
  i.last_authenticated_at
from databases as d
left join allowed as l on l.platform = d.platform and l.deployment_id = d.id
left join restricted as r on r.platform = d.platform and r.deployment_id = d.id
left join accessed as i on i.platform = d.platform and i.deployment_id = d.id
left join {{ ref('version_risks') }} as v on v.platform = d.platform and v.deployment_id = d.id
left join {{ ref('audit_coverage') }} as c
  on c.platform = d.platform and c.account_id is not distinct from d.account_id and c.location = d.region
left join {{ ref('stg_accounts') }} as a on a.platform = d.platform and a.id = d.account_id
