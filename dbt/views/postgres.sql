-- Written by `npm run dbt:views` from the models in dbt/models.
-- Errors about missing tables or columns are harmless. They mean that a stream isn't synced, so its view is empty.
-- Usage: psql -f postgres.sql
-- The script expects the tables in the schema ibm_cloud. If yours are in another schema, change the name here.
drop schema if exists databases cascade;
create schema databases;
set search_path to databases, ibm_cloud;

create view stg_accounts as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as name,
  cast(null as text) as owner_iam_id,
  cast(null as text) as type,
  cast(null as text) as status,
  cast(null as text) as slug,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_accounts as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(name as text), '') as name,
  nullif(cast(owner_iam_id as text), '') as owner_iam_id,
  nullif(cast(type as text), '') as type,
  nullif(cast(status as text), '') as status,
  cast(null as text) as slug,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from accounts as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from accounts as loaded
);

create view stg_audit_routes as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as route_id,
  cast(null as text) as route_name,
  cast(null as text) as managed_by,
  cast(null as bigint) as rule_number,
  cast(null as text) as location,
  cast(null as text) as target_id,
  cast(null as text) as target_name,
  cast(null as text) as target_type,
  cast(null as text) as target_crn,
  cast(null as text) as bucket,
  cast(null as text) as write_status,
  cast(null as timestamptz) as last_failure_at,
  cast(null as text) as last_failure_reason,
  cast(null as boolean) as is_default_target,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_audit_routes as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(route_id as text), '') as route_id,
  nullif(cast(route_name as text), '') as route_name,
  nullif(cast(managed_by as text), '') as managed_by,
  cast(rule_number as bigint) as rule_number,
  nullif(cast(location as text), '') as location,
  nullif(cast(target_id as text), '') as target_id,
  nullif(cast(target_name as text), '') as target_name,
  nullif(cast(target_type as text), '') as target_type,
  nullif(cast(target_crn as text), '') as target_crn,
  nullif(cast(bucket as text), '') as bucket,
  nullif(cast(write_status as text), '') as write_status,
  cast(cast(last_failure_at as text) || case when pg_typeof(last_failure_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as last_failure_at,
  nullif(cast(last_failure_reason as text), '') as last_failure_reason,
  cast(is_default_target as boolean) as is_default_target,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from audit_routes as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from audit_routes as loaded
);

create view stg_deployments as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as guid,
  cast(null as text) as name,
  cast(null as text) as type,
  cast(null as text) as service,
  cast(null as text) as generation,
  cast(null as text) as version,
  cast(null as text) as plan_id,
  cast(null as text) as region,
  cast(null as text) as resource_group_id,
  cast(null as text) as resource_group_name,
  cast(null as jsonb) as tags,
  cast(null as jsonb) as access_tags,
  cast(null as text) as state,
  cast(null as timestamptz) as created_at,
  cast(null as timestamptz) as updated_at,
  cast(null as timestamptz) as deleted_at,
  cast(null as text) as created_by,
  cast(null as text) as updated_by,
  cast(null as text) as last_operation_type,
  cast(null as text) as last_operation_state,
  cast(null as text) as last_operation_description,
  cast(null as boolean) as locked,
  cast(null as text) as target_crn,
  cast(null as text) as hosting_platform,
  cast(null as boolean) as enable_public_endpoints,
  cast(null as boolean) as enable_private_endpoints,
  cast(null as jsonb) as admin_usernames,
  cast(null as numeric(38, 9)) as members,
  cast(null as numeric(38, 9)) as shards,
  cast(null as text) as host_flavor,
  cast(null as numeric(38, 9)) as cpu_count_per_member,
  cast(null as numeric(38, 9)) as memory_gb_per_member,
  cast(null as numeric(38, 9)) as storage_gb_per_member,
  cast(null as text) as disk_encryption_key_crn,
  cast(null as text) as backup_encryption_key_crn,
  cast(null as boolean) as automatic_backups_enabled,
  cast(null as text) as backup_window_start,
  cast(null as bigint) as backup_retention_days,
  cast(null as boolean) as backups_preserved,
  cast(null as bigint) as pitr_retention_days,
  cast(null as boolean) as independent_backups_authorized,
  cast(null as text) as endpoints,
  cast(null as text) as vpe_dns_domain,
  cast(null as jsonb) as vpe_ip_addresses,
  cast(null as boolean) as onetime_credentials,
  cast(null as text) as notes,
  cast(null as text) as customer_billing_code,
  cast(null as text) as cluster_id,
  cast(null as text) as provision_recipe_id,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(guid as text), '') as guid,
  nullif(cast(name as text), '') as name,
  nullif(cast(type as text), '') as type,
  nullif(cast(service as text), '') as service,
  nullif(cast(generation as text), '') as generation,
  nullif(cast(version as text), '') as version,
  nullif(cast(plan_id as text), '') as plan_id,
  nullif(cast(region as text), '') as region,
  nullif(cast(resource_group_id as text), '') as resource_group_id,
  nullif(cast(resource_group_name as text), '') as resource_group_name,
  cast(nullif(cast(tags as text), 'null') as jsonb) as tags,
  cast(nullif(cast(access_tags as text), 'null') as jsonb) as access_tags,
  nullif(cast(state as text), '') as state,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  cast(cast(updated_at as text) || case when pg_typeof(updated_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as updated_at,
  cast(cast(deleted_at as text) || case when pg_typeof(deleted_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as deleted_at,
  nullif(cast(created_by as text), '') as created_by,
  nullif(cast(updated_by as text), '') as updated_by,
  nullif(cast(last_operation_type as text), '') as last_operation_type,
  nullif(cast(last_operation_state as text), '') as last_operation_state,
  nullif(cast(last_operation_description as text), '') as last_operation_description,
  cast(locked as boolean) as locked,
  nullif(cast(target_crn as text), '') as target_crn,
  nullif(cast(platform as text), '') as hosting_platform,
  cast(enable_public_endpoints as boolean) as enable_public_endpoints,
  cast(enable_private_endpoints as boolean) as enable_private_endpoints,
  cast(nullif(cast(admin_usernames as text), 'null') as jsonb) as admin_usernames,
  cast(members as numeric(38, 9)) as members,
  cast(shards as numeric(38, 9)) as shards,
  nullif(cast(host_flavor as text), '') as host_flavor,
  cast(cpu_count_per_member as numeric(38, 9)) as cpu_count_per_member,
  cast(memory_gb_per_member as numeric(38, 9)) as memory_gb_per_member,
  cast(storage_gb_per_member as numeric(38, 9)) as storage_gb_per_member,
  nullif(cast(disk_encryption_key_crn as text), '') as disk_encryption_key_crn,
  nullif(cast(backup_encryption_key_crn as text), '') as backup_encryption_key_crn,
  cast(automatic_backups_enabled as boolean) as automatic_backups_enabled,
  nullif(cast(backup_window_start as text), '') as backup_window_start,
  cast(backup_retention_days as bigint) as backup_retention_days,
  cast(backups_preserved as boolean) as backups_preserved,
  cast(pitr_retention_days as bigint) as pitr_retention_days,
  cast(independent_backups_authorized as boolean) as independent_backups_authorized,
  nullif(cast(endpoints as text), '') as endpoints,
  nullif(cast(vpe_dns_domain as text), '') as vpe_dns_domain,
  cast(nullif(cast(vpe_ip_addresses as text), 'null') as jsonb) as vpe_ip_addresses,
  cast(onetime_credentials as boolean) as onetime_credentials,
  cast(null as text) as notes,
  cast(null as text) as customer_billing_code,
  cast(null as text) as cluster_id,
  cast(null as text) as provision_recipe_id,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from deployments as loaded
);

-- Whether the audit events of databases are kept: one row per account and region with databases, IBM Cloud only. For a single database, see `audit_status` in `database_posture`.
create view audit_coverage as
with locations as (
  select platform, account_id, region as location, count(*) as databases
  from stg_deployments
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
  join stg_audit_routes as r
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
  join stg_audit_routes as r on r.platform = l.platform and r.account_id = l.account_id and r.is_default_target
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
  from stg_audit_routes
)
select
  coalesce(l.platform, '') || '/' || coalesce(l.account_id, '') || '/' || coalesce(l.location, '') as id,
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
left join stg_accounts as a on a.platform = l.platform and a.id = l.account_id;

create view stg_deployments_backups as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as deployment_id,
  cast(null as text) as generation,
  cast(null as text) as name,
  cast(null as text) as type,
  cast(null as text) as status,
  cast(null as boolean) as is_downloadable,
  cast(null as boolean) as is_restorable,
  cast(null as timestamptz) as created_at,
  cast(null as timestamptz) as updated_at,
  cast(null as numeric(38, 9)) as size_gb,
  cast(null as text) as version,
  cast(null as text) as can_be_deleted_after,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments_backups as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(generation as text), '') as generation,
  nullif(cast(name as text), '') as name,
  nullif(cast(type as text), '') as type,
  nullif(cast(status as text), '') as status,
  cast(is_downloadable as boolean) as is_downloadable,
  cast(is_restorable as boolean) as is_restorable,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  cast(cast(updated_at as text) || case when pg_typeof(updated_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as updated_at,
  cast(size_gb as numeric(38, 9)) as size_gb,
  nullif(cast(version as text), '') as version,
  nullif(cast(can_be_deleted_after as text), '') as can_be_deleted_after,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments_backups as loaded;

create view stg_deployments_recovery_windows as
select
  cast(null as text) as platform,
  cast(null as text) as deployment_id,
  cast(null as text) as account_id,
  cast(null as text) as generation,
  cast(null as timestamptz) as earliest_point_in_time_recovery_time,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments_recovery_windows as
select
  'ibm_cloud' as platform,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(generation as text), '') as generation,
  cast(cast(earliest_point_in_time_recovery_time as text) || case when pg_typeof(earliest_point_in_time_recovery_time) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as earliest_point_in_time_recovery_time,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments_recovery_windows as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from deployments_recovery_windows as loaded
);

-- The backups of each active database: the age of the newest finished backup, the gaps between backups, and the restorable period. Only backups from the last `backup_kept_days` days count.
create view backup_compliance as
with finished as (
  select
    platform, deployment_id, created_at, is_restorable,
    lag(created_at) over (partition by platform, deployment_id order by created_at) as previous_at
  from stg_deployments_backups
  -- The final status of a successful backup on Compose, in generation 1 and in generation 2, respectively.
  where status in ('complete', 'completed', 'active')
    and created_at >= current_timestamp - interval '30 days'
),
backups as (
  select
    platform, deployment_id,
    count(*) as finished_backups,
    max(created_at) as newest_backup_at,
    max(cast(floor(extract(epoch from (created_at - previous_at)) / 3600) as integer)) as longest_gap_hours,
    min(case when is_restorable then created_at end) as oldest_restorable_at,
    max(case when is_restorable then created_at end) as newest_restorable_at
  from finished
  group by platform, deployment_id
),
failed as (
  select platform, deployment_id, count(*) as failed_backups
  from stg_deployments_backups
  where status in ('failed', 'expired')
    and created_at >= current_timestamp - interval '30 days'
  group by platform, deployment_id
)
select
  d.platform,
  d.id as deployment_id,
  d.name as database_name,
  d.type,
  d.generation,
  b.newest_backup_at,
  cast(floor(extract(epoch from (current_timestamp - b.newest_backup_at)) / 3600) as integer) as newest_backup_age_hours,
  case
    when b.newest_backup_at is null then 'none'
    when b.newest_backup_at < current_timestamp - interval '24 hours' then 'late'
    else 'ok'
  end as status,
  coalesce(b.finished_backups, 0) as finished_backups,
  coalesce(f.failed_backups, 0) as failed_backups,
  b.longest_gap_hours,
  w.earliest_point_in_time_recovery_time as point_in_time_from,
  b.oldest_restorable_at as restorable_from,
  -- IBM's retention period. Compose's retention period is unknown.
  case when d.platform = 'ibm_cloud' then b.newest_restorable_at + interval '30 days' end
    as restorable_until
from stg_deployments as d
left join backups as b on b.platform = d.platform and b.deployment_id = d.id
left join failed as f on f.platform = d.platform and f.deployment_id = d.id
left join stg_deployments_recovery_windows as w on w.platform = d.platform and w.deployment_id = d.id
where coalesce(d.state, 'active') = 'active';

create view stg_api_keys as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as type,
  cast(null as text) as iam_id,
  cast(null as text) as name,
  cast(null as text) as description,
  cast(null as boolean) as locked,
  cast(null as boolean) as disabled,
  cast(null as boolean) as support_sessions,
  cast(null as text) as action_when_leaked,
  cast(null as timestamptz) as created_at,
  cast(null as text) as created_by,
  cast(null as timestamptz) as modified_at,
  cast(null as timestamptz) as expires_at,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_api_keys as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(type as text), '') as type,
  nullif(cast(iam_id as text), '') as iam_id,
  nullif(cast(name as text), '') as name,
  nullif(cast(description as text), '') as description,
  cast(locked as boolean) as locked,
  cast(disabled as boolean) as disabled,
  cast(support_sessions as boolean) as support_sessions,
  nullif(cast(action_when_leaked as text), '') as action_when_leaked,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  nullif(cast(created_by as text), '') as created_by,
  cast(cast(modified_at as text) || case when pg_typeof(modified_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as modified_at,
  cast(cast(expires_at as text) || case when pg_typeof(expires_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as expires_at,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from api_keys as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from api_keys as loaded
);

create view stg_audit_events as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as deployment_id,
  cast(null as text) as service,
  cast(null as text) as event,
  cast(null as text) as user_id,
  cast(null as text) as email,
  cast(null as text) as user_type,
  cast(null as text) as credential_type,
  cast(null as text) as ip,
  cast(null as text) as user_agent,
  cast(null as text) as target_id,
  cast(null as text) as target_type,
  cast(null as text) as target_name,
  cast(null as text) as outcome,
  cast(null as text) as severity,
  cast(null as text) as message,
  cast(null as jsonb) as data,
  cast(null as text) as correlation_id,
  cast(null as text) as observer,
  cast(null as text) as log_source_crn,
  cast(null as boolean) as data_event,
  cast(null as boolean) as save_service_copy,
  cast(null as timestamptz) as created_at,
  cast(null as text) as logs_instance,
  cast(null as text) as raw,
  cast(null as text) as cluster_id,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_audit_events as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(service as text), '') as service,
  nullif(cast(event as text), '') as event,
  nullif(cast(user_id as text), '') as user_id,
  nullif(cast(email as text), '') as email,
  nullif(cast(user_type as text), '') as user_type,
  nullif(cast(credential_type as text), '') as credential_type,
  nullif(cast(ip as text), '') as ip,
  nullif(cast(user_agent as text), '') as user_agent,
  nullif(cast(target_id as text), '') as target_id,
  nullif(cast(target_type as text), '') as target_type,
  nullif(cast(target_name as text), '') as target_name,
  nullif(cast(outcome as text), '') as outcome,
  nullif(cast(severity as text), '') as severity,
  nullif(cast(message as text), '') as message,
  cast(nullif(cast(data as text), 'null') as jsonb) as data,
  nullif(cast(correlation_id as text), '') as correlation_id,
  nullif(cast(observer as text), '') as observer,
  nullif(cast(log_source_crn as text), '') as log_source_crn,
  cast(data_event as boolean) as data_event,
  cast(save_service_copy as boolean) as save_service_copy,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  nullif(cast(logs_instance as text), '') as logs_instance,
  nullif(cast(raw as text), '') as raw,
  cast(null as text) as cluster_id,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from audit_events as loaded;

create view stg_deployments_roles as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as policy_id,
  cast(null as text) as iam_id,
  cast(null as text) as subject_type,
  cast(null as text) as name,
  cast(null as text) as role,
  cast(null as text) as role_id,
  cast(null as text) as scope,
  cast(null as text) as deployment_id,
  cast(null as text) as service_instance,
  cast(null as text) as service_name,
  cast(null as text) as resource_group_id,
  cast(null as text) as region,
  cast(null as text) as state,
  cast(null as text) as description,
  cast(null as jsonb) as resource_tags,
  cast(null as text) as time_condition,
  cast(null as jsonb) as rule,
  cast(null as timestamptz) as created_at,
  cast(null as text) as created_by_id,
  cast(null as timestamptz) as last_modified_at,
  cast(null as text) as last_modified_by_id,
  cast(null as jsonb) as users,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments_roles as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(policy_id as text), '') as policy_id,
  nullif(cast(iam_id as text), '') as iam_id,
  nullif(cast(subject_type as text), '') as subject_type,
  nullif(cast(name as text), '') as name,
  nullif(cast(role as text), '') as role,
  nullif(cast(role_id as text), '') as role_id,
  nullif(cast(scope as text), '') as scope,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(service_instance as text), '') as service_instance,
  nullif(cast(service_name as text), '') as service_name,
  nullif(cast(resource_group_id as text), '') as resource_group_id,
  nullif(cast(region as text), '') as region,
  nullif(cast(state as text), '') as state,
  nullif(cast(description as text), '') as description,
  cast(nullif(cast(resource_tags as text), 'null') as jsonb) as resource_tags,
  nullif(cast(time_condition as text), '') as time_condition,
  cast(nullif(cast(rule as text), 'null') as jsonb) as rule,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  nullif(cast(created_by_id as text), '') as created_by_id,
  cast(cast(last_modified_at as text) || case when pg_typeof(last_modified_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as last_modified_at,
  nullif(cast(last_modified_by_id as text), '') as last_modified_by_id,
  cast(null as jsonb) as users,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments_roles as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from deployments_roles as loaded
);

create view stg_service_ids as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as iam_id,
  cast(null as text) as group_id,
  cast(null as text) as name,
  cast(null as text) as description,
  cast(null as boolean) as locked,
  cast(null as jsonb) as unique_instance_crns,
  cast(null as timestamptz) as created_at,
  cast(null as timestamptz) as modified_at,
  cast(null as timestamptz) as last_authenticated_at,
  cast(null as bigint) as authentication_count,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_service_ids as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(iam_id as text), '') as iam_id,
  nullif(cast(group_id as text), '') as group_id,
  nullif(cast(name as text), '') as name,
  nullif(cast(description as text), '') as description,
  cast(locked as boolean) as locked,
  cast(nullif(cast(unique_instance_crns as text), 'null') as jsonb) as unique_instance_crns,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  cast(cast(modified_at as text) || case when pg_typeof(modified_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as modified_at,
  cast(cast(last_authenticated_at as text) || case when pg_typeof(last_authenticated_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as last_authenticated_at,
  cast(authentication_count as bigint) as authentication_count,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from service_ids as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from service_ids as loaded
);

create view stg_teams as
select
  cast(null as text) as platform,
  cast(null as text) as key,
  cast(null as text) as account_id,
  cast(null as text) as id,
  cast(null as text) as name,
  cast(null as text) as description,
  cast(null as boolean) as is_federated,
  cast(null as jsonb) as members,
  cast(null as timestamptz) as created_at,
  cast(null as text) as created_by_id,
  cast(null as timestamptz) as last_modified_at,
  cast(null as text) as last_modified_by_id,
  cast(null as jsonb) as users,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_teams as
select
  'ibm_cloud' as platform,
  nullif(cast(key as text), '') as key,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(id as text), '') as id,
  nullif(cast(name as text), '') as name,
  nullif(cast(description as text), '') as description,
  cast(is_federated as boolean) as is_federated,
  cast(nullif(cast(members as text), 'null') as jsonb) as members,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  nullif(cast(created_by_id as text), '') as created_by_id,
  cast(cast(last_modified_at as text) || case when pg_typeof(last_modified_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as last_modified_at,
  nullif(cast(last_modified_by_id as text), '') as last_modified_by_id,
  cast(null as jsonb) as users,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from teams as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from teams as loaded
);

create view stg_trusted_profiles as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as iam_id,
  cast(null as text) as name,
  cast(null as text) as description,
  cast(null as text) as template_id,
  cast(null as text) as assignment_id,
  cast(null as jsonb) as identities,
  cast(null as jsonb) as links,
  cast(null as jsonb) as rules,
  cast(null as timestamptz) as created_at,
  cast(null as timestamptz) as modified_at,
  cast(null as timestamptz) as last_authenticated_at,
  cast(null as bigint) as authentication_count,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_trusted_profiles as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(iam_id as text), '') as iam_id,
  nullif(cast(name as text), '') as name,
  nullif(cast(description as text), '') as description,
  nullif(cast(template_id as text), '') as template_id,
  nullif(cast(assignment_id as text), '') as assignment_id,
  cast(nullif(cast(identities as text), 'null') as jsonb) as identities,
  cast(nullif(cast(links as text), 'null') as jsonb) as links,
  cast(nullif(cast(rules as text), 'null') as jsonb) as rules,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  cast(cast(modified_at as text) || case when pg_typeof(modified_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as modified_at,
  cast(cast(last_authenticated_at as text) || case when pg_typeof(last_authenticated_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as last_authenticated_at,
  cast(authentication_count as bigint) as authentication_count,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from trusted_profiles as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from trusted_profiles as loaded
);

create view stg_users as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as iam_id,
  cast(null as text) as realm,
  cast(null as text) as user_id,
  cast(null as text) as email,
  cast(null as text) as firstname,
  cast(null as text) as lastname,
  cast(null as text) as state,
  cast(null as timestamptz) as added_on,
  cast(null as timestamptz) as last_authenticated_at,
  cast(null as bigint) as authentication_count,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_users as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(iam_id as text), '') as iam_id,
  nullif(cast(realm as text), '') as realm,
  nullif(cast(user_id as text), '') as user_id,
  nullif(cast(email as text), '') as email,
  nullif(cast(firstname as text), '') as firstname,
  nullif(cast(lastname as text), '') as lastname,
  nullif(cast(state as text), '') as state,
  cast(cast(added_on as text) || case when pg_typeof(added_on) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as added_on,
  cast(cast(last_authenticated_at as text) || case when pg_typeof(last_authenticated_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as last_authenticated_at,
  cast(authentication_count as bigint) as authentication_count,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from users as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from users as loaded
);

-- Users, service IDs and trusted profiles: their names, last logins and API keys. Names also come from access groups, teams, roles and audit events, which don't require `access_review`.
create view identities as
with known as (
  select
    platform, iam_id as id, coalesce(nullif(trim(coalesce(firstname, '') || ' ' || coalesce(lastname, '')), ''), user_id) as own_name,
    cast(null as text) as name, email, last_authenticated_at, authentication_count
  from stg_users
  union all
  select platform, iam_id, name, null, null, last_authenticated_at, authentication_count
  from stg_service_ids
  union all
  select platform, iam_id, name, null, null, last_authenticated_at, authentication_count
  from stg_trusted_profiles
  union all
  select t.platform, (m.value ->> 'iam_id'), null, (m.value ->> 'name'), (m.value ->> 'email'), null, null
  from stg_teams as t
  left join lateral (select jsonb_array_elements(t.members) as value) as m on true
  union all
  select t.platform, (u.value ->> 'id'), null, (u.value ->> 'name'), null, null, null
  from stg_teams as t
  left join lateral (select jsonb_array_elements(t.users) as value) as u on true
  union all
  select r.platform, (u.value ->> 'id'), null, (u.value ->> 'name'), null, null, null
  from stg_deployments_roles as r
  left join lateral (select jsonb_array_elements(r.users) as value) as u on true
  union all
  select platform, user_id, null, null, email, null, null
  from stg_audit_events
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
  from stg_trusted_profiles as p
  join lateral (select jsonb_array_elements(p.identities) as value) as i on true
  left join named as n on n.platform = p.platform and n.lower_id = lower(i.value ->> 'iam_id')
  union all
  select
    p.platform, lower(p.iam_id),
    (l.value ->> 'cr_type') || ' ' || coalesce((l.value ->> 'namespace') || '/', '') || coalesce((l.value ->> 'name'), (l.value ->> 'crn'))
  from stg_trusted_profiles as p
  join lateral (select jsonb_array_elements(p.links) as value) as l on true
  union all
  select p.platform, lower(p.iam_id), 'rule ' || coalesce((r.value ->> 'name') || ' ', '') || '(' || coalesce((r.value ->> 'realm_name'), (r.value ->> 'cr_type'), '') || ')'
  from stg_trusted_profiles as p
  join lateral (select jsonb_array_elements(p.rules) as value) as r on true
),
assumable as (
  select platform, lower_id, string_agg(distinct name, ', ' order by name) as assumable_by
  from assuming
  group by platform, lower_id
),
keys as (
  select platform, lower(iam_id) as lower_id, count(*) as api_keys, min(created_at) as oldest_api_key_at
  from stg_api_keys
  where not coalesce(disabled, false)
  group by platform, lower(iam_id)
)
select
  n.platform,
  n.id,
  case
      when lower(n.id) like 'iam-serviceid-%' then 'service'
      when lower(n.id) like 'iam-profile-%' then 'profile'
      when lower(n.id) like 'crn-%' then 'resource'
      else 'user'
    end as type,
  n.name,
  n.email,
  a.assumable_by,
  k.api_keys,
  k.oldest_api_key_at,
  n.last_authenticated_at,
  case
    when n.authentication_count is not null or n.last_authenticated_at is not null
    then coalesce(n.last_authenticated_at < current_timestamp - interval '90 days', true)
  end as is_unused
from named as n
left join assumable as a on a.platform = n.platform and a.lower_id = n.lower_id
left join keys as k on k.platform = n.platform and k.lower_id = n.lower_id;

create view stg_deployments_recipes as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as deployment_id,
  cast(null as text) as generation,
  cast(null as text) as name,
  cast(null as text) as template,
  cast(null as text) as status,
  cast(null as bigint) as progress_percent,
  cast(null as timestamptz) as created_at,
  cast(null as text) as status_detail,
  cast(null as text) as parent_id,
  cast(null as timestamptz) as updated_at,
  cast(null as bigint) as operations_complete,
  cast(null as bigint) as operations_total,
  cast(null as text) as source,
  cast(null as text) as source_user,
  cast(null as text) as source_reason,
  cast(null as text) as source_ip,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments_recipes as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(generation as text), '') as generation,
  nullif(cast(name as text), '') as name,
  nullif(cast(template as text), '') as template,
  nullif(cast(status as text), '') as status,
  cast(progress_percent as bigint) as progress_percent,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  cast(null as text) as status_detail,
  cast(null as text) as parent_id,
  cast(null as timestamptz) as updated_at,
  cast(null as bigint) as operations_complete,
  cast(null as bigint) as operations_total,
  cast(null as text) as source,
  cast(null as text) as source_user,
  cast(null as text) as source_reason,
  cast(null as text) as source_ip,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments_recipes as loaded;

-- A timeline of all databases, with generation 1 tasks, Compose recipes and audit events.
create view change_log as
with changes as (
  select
    platform, id, 'task' as kind, created_at as happened_at, deployment_id, name as what, status as outcome,
    source_user as actor_id, cast(null as text) as actor_email, source_ip as ip
  from stg_deployments_recipes
  union all
  select platform, id, 'audit_event', created_at, deployment_id, event, outcome, user_id, email, ip
  from stg_audit_events
)
select
  coalesce(c.platform, '') || '/' || coalesce(c.kind, '') || '/' || coalesce(c.id, '') as id,
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
left join stg_deployments as d on d.platform = c.platform and d.id = c.deployment_id
left join identities as i on i.platform = c.platform and i.id = c.actor_id;

create view stg_deployments_team_roles as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as policy_id,
  cast(null as text) as access_group_id,
  cast(null as text) as subject_type,
  cast(null as text) as name,
  cast(null as text) as role,
  cast(null as text) as role_id,
  cast(null as text) as scope,
  cast(null as text) as deployment_id,
  cast(null as text) as service_instance,
  cast(null as text) as service_name,
  cast(null as text) as resource_group_id,
  cast(null as text) as region,
  cast(null as text) as state,
  cast(null as text) as description,
  cast(null as jsonb) as resource_tags,
  cast(null as text) as time_condition,
  cast(null as jsonb) as rule,
  cast(null as timestamptz) as created_at,
  cast(null as text) as created_by_id,
  cast(null as timestamptz) as last_modified_at,
  cast(null as text) as last_modified_by_id,
  cast(null as jsonb) as teams,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments_team_roles as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(policy_id as text), '') as policy_id,
  nullif(cast(access_group_id as text), '') as access_group_id,
  nullif(cast(subject_type as text), '') as subject_type,
  nullif(cast(name as text), '') as name,
  nullif(cast(role as text), '') as role,
  nullif(cast(role_id as text), '') as role_id,
  nullif(cast(scope as text), '') as scope,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(service_instance as text), '') as service_instance,
  nullif(cast(service_name as text), '') as service_name,
  nullif(cast(resource_group_id as text), '') as resource_group_id,
  nullif(cast(region as text), '') as region,
  nullif(cast(state as text), '') as state,
  nullif(cast(description as text), '') as description,
  cast(nullif(cast(resource_tags as text), 'null') as jsonb) as resource_tags,
  nullif(cast(time_condition as text), '') as time_condition,
  cast(nullif(cast(rule as text), 'null') as jsonb) as rule,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  nullif(cast(created_by_id as text), '') as created_by_id,
  cast(cast(last_modified_at as text) || case when pg_typeof(last_modified_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as last_modified_at,
  nullif(cast(last_modified_by_id as text), '') as last_modified_by_id,
  cast(null as jsonb) as teams,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments_team_roles as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from deployments_team_roles as loaded
);

-- The roles that users, service IDs and trusted profiles have on each database, with the policy and access group that grant them. Policies that don't specify a service are included, because they also cover databases. Policy conditions aren't evaluated.
create view database_access as
with policies as (
  select
    platform, account_id, policy_id, iam_id as subject_id, cast(null as text) as group_id, name as role, scope,
    service_instance, service_name, resource_group_id, region, resource_tags is not null or time_condition is not null as is_conditional
  from stg_deployments_roles
  where platform = 'ibm_cloud'
  union all
  select
    platform, account_id, policy_id, null, access_group_id, name, scope, service_instance, service_name,
    resource_group_id, region, resource_tags is not null or time_condition is not null
  from stg_deployments_team_roles
  where platform = 'ibm_cloud'
),
-- A policy covers every database of its account that matches all attributes of the policy.
grants as (
  select
    p.platform, d.id as deployment_id, p.role, p.policy_id, p.scope, p.service_name is not null as names_service,
    p.is_conditional, p.subject_id as direct_id, p.group_id, t.name as group_name, m.value as member
  from policies as p
  join stg_deployments as d
    on d.platform = p.platform
    and d.account_id is not distinct from p.account_id
    and (p.service_instance is null or p.service_instance = d.guid)
    and (p.service_name is null or p.service_name = d.service)
    and (p.resource_group_id is null or p.resource_group_id = d.resource_group_id)
    and (p.region is null or p.region = d.region)
  left join stg_teams as t
    on t.platform = p.platform and t.account_id is not distinct from p.account_id and t.id = p.group_id
  left join lateral (select jsonb_array_elements(t.members) as value) as m on true
),
access as (
  select
    platform, deployment_id, coalesce(direct_id, (member ->> 'iam_id')) as subject_id, role, policy_id, scope,
    names_service, is_conditional, group_id, group_name
  from grants
  union all
  select
    r.platform, r.deployment_id, (u.value ->> 'id'), r.name, null, 'instance', true, false, null, null
  from stg_deployments_roles as r
  left join lateral (select jsonb_array_elements(r.users) as value) as u on true
  where r.platform = 'compose' and u.value is not null
  union all
  select
    r.platform, r.deployment_id, (u.value ->> 'id'), r.name, null, 'instance', true, false, (g.value ->> 'id'),
    (g.value ->> 'name')
  from stg_deployments_team_roles as r
  left join lateral (select jsonb_array_elements(r.teams) as value) as g on true
  left join stg_teams as t on t.platform = r.platform and t.id = (g.value ->> 'id')
  left join lateral (select jsonb_array_elements(t.users) as value) as u on true
  where r.platform = 'compose'
)
select distinct
  coalesce(a.platform, '') || '/' || coalesce(a.deployment_id, '') || '/' || coalesce(a.policy_id, '') || '/' || coalesce(a.role, '') || '/' || coalesce(a.group_id, '') || '/' || coalesce(a.subject_id, '') as id,
  a.platform,
  d.account_id,
  a.deployment_id,
  d.name as database_name,
  coalesce(i.id, a.subject_id) as subject_id,
  case
    when a.group_id = 'AccessGroupId-PublicAccess' then 'everyone'
    when a.subject_id is null then 'nobody_known'
    else case
      when lower(a.subject_id) like 'iam-serviceid-%' then 'service'
      when lower(a.subject_id) like 'iam-profile-%' then 'profile'
      when lower(a.subject_id) like 'crn-%' then 'resource'
      else 'user'
    end
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
left join stg_deployments as d on d.platform = a.platform and d.id = a.deployment_id
left join identities as i on i.platform = a.platform and lower(i.id) = lower(a.subject_id);

create view stg_billables as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as month,
  cast(null as text) as deployment_id,
  cast(null as numeric(38, 9)) as amount,
  cast(null as text) as currency_code,
  cast(null as numeric(38, 9)) as currency_rate,
  cast(null as timestamptz) as start_at,
  cast(null as timestamptz) as end_at,
  cast(null as text) as description,
  cast(null as text) as identifier,
  cast(null as text) as resource_identifier,
  cast(null as text) as sku,
  cast(null as text) as plan_name,
  cast(null as text) as metric,
  cast(null as numeric(38, 9)) as units,
  cast(null as text) as unit,
  cast(null as numeric(38, 9)) as rateable_quantity,
  cast(null as numeric(38, 9)) as rated_cost,
  cast(null as jsonb) as discounts,
  cast(null as numeric(38, 9)) as volume_discount,
  cast(null as numeric(38, 9)) as volume_cost,
  cast(null as text) as region,
  cast(null as text) as pricing_country,
  cast(null as boolean) as billable,
  cast(null as boolean) as pending,
  cast(null as boolean) as non_chargeable,
  cast(null as text) as resource_instance_name,
  cast(null as text) as resource_group_id,
  cast(null as text) as resource_group_name,
  cast(null as jsonb) as tags,
  cast(null as jsonb) as service_tags,
  cast(null as text) as replaces_id,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_billables as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(month as text), '') as month,
  nullif(cast(deployment_id as text), '') as deployment_id,
  cast(amount as numeric(38, 9)) as amount,
  nullif(cast(currency_code as text), '') as currency_code,
  cast(currency_rate as numeric(38, 9)) as currency_rate,
  cast(cast(start_at as text) || case when pg_typeof(start_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as start_at,
  cast(cast(end_at as text) || case when pg_typeof(end_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as end_at,
  nullif(cast(description as text), '') as description,
  nullif(cast(identifier as text), '') as identifier,
  nullif(cast(resource_identifier as text), '') as resource_identifier,
  nullif(cast(sku as text), '') as sku,
  nullif(cast(plan_name as text), '') as plan_name,
  nullif(cast(metric as text), '') as metric,
  cast(units as numeric(38, 9)) as units,
  nullif(cast(unit as text), '') as unit,
  cast(rateable_quantity as numeric(38, 9)) as rateable_quantity,
  cast(rated_cost as numeric(38, 9)) as rated_cost,
  cast(nullif(cast(discounts as text), 'null') as jsonb) as discounts,
  cast(volume_discount as numeric(38, 9)) as volume_discount,
  cast(volume_cost as numeric(38, 9)) as volume_cost,
  nullif(cast(region as text), '') as region,
  nullif(cast(pricing_country as text), '') as pricing_country,
  cast(billable as boolean) as billable,
  cast(pending as boolean) as pending,
  cast(non_chargeable as boolean) as non_chargeable,
  nullif(cast(resource_instance_name as text), '') as resource_instance_name,
  nullif(cast(resource_group_id as text), '') as resource_group_id,
  nullif(cast(resource_group_name as text), '') as resource_group_name,
  cast(nullif(cast(tags as text), 'null') as jsonb) as tags,
  cast(nullif(cast(service_tags as text), 'null') as jsonb) as service_tags,
  cast(null as text) as replaces_id,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from billables as loaded;

create view stg_resource_groups as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as crn,
  cast(null as text) as name,
  cast(null as text) as state,
  cast(null as boolean) as "default",
  cast(null as text) as quota_id,
  cast(null as timestamptz) as created_at,
  cast(null as timestamptz) as updated_at,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_resource_groups as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(crn as text), '') as crn,
  nullif(cast(name as text), '') as name,
  nullif(cast(state as text), '') as state,
  cast("default" as boolean) as "default",
  nullif(cast(quota_id as text), '') as quota_id,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  cast(cast(updated_at as text) || case when pg_typeof(updated_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as updated_at,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from resource_groups as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from resource_groups as loaded
);

-- The cost of each database by month, resource group and plan, and why the cost changed from the previous month. IBM Cloud only, because Compose doesn't document the unit of its amounts. In the month after its last cost, a database has one more row, with a cost of 0.
create view database_costs as
with lines as (
  select
    platform, account_id, month, deployment_id, resource_group_id, sku, currency_code, metric, region, pricing_country,
    max(resource_instance_name) as instance_name,
    max(resource_group_name) as resource_group_name,
    max(plan_name) as plan_name,
    sum(units) as quantity,
    sum(amount) as cost
  from stg_billables
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
  coalesce(c.month, '') || '/' || coalesce(c.deployment_id, '') || '/' || coalesce(c.resource_group_id, '') || '/' || coalesce(c.sku, '') || '/' || coalesce(c.currency_code, '') as id,
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
  current_timestamp >= (cast(c.month || '-01' as date) + interval '1 month' + interval '20 days') at time zone 'UTC' as is_final,
  -- These columns are null if the previous month wasn't read.
  cast(case when p.month is not null then c.previous_cost end as numeric(38, 6)) as previous_cost,
  cast(case when p.month is not null then c.cost - c.previous_cost end as numeric(38, 6)) as change,
  cast(case when p.month is not null then c.by_quantity end as numeric(38, 6)) as change_by_quantity,
  cast(case when p.month is not null then c.cost - c.previous_cost - c.by_quantity - c.by_new - c.by_gone end as numeric(38, 6)) as change_by_price,
  cast(case when p.month is not null then c.by_new end as numeric(38, 6)) as change_by_new,
  cast(case when p.month is not null then c.by_gone end as numeric(38, 6)) as change_by_gone
from costs as c
left join months as p
  on p.platform = c.platform and p.account_id = c.account_id
  and left(cast(cast(p.month || '-01' as date) + interval '1 month' as text), 7) = c.month
left join stg_deployments as d on d.platform = c.platform and d.id = c.deployment_id
left join stg_resource_groups as g on g.platform = c.platform and g.id = c.resource_group_id;

create view stg_deployments_allowlists as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as deployment_id,
  cast(null as text) as generation,
  cast(null as text) as address,
  cast(null as text) as description,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments_allowlists as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(generation as text), '') as generation,
  nullif(cast(address as text), '') as address,
  nullif(cast(description as text), '') as description,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments_allowlists as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from deployments_allowlists as loaded
);

create view stg_deployments_restrictions as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as rule_id,
  cast(null as text) as description,
  cast(null as text) as enforcement_mode,
  cast(null as text) as service_name,
  cast(null as text) as service_instance,
  cast(null as text) as deployment_id,
  cast(null as text) as region,
  cast(null as text) as resource_group_id,
  cast(null as jsonb) as resource_tags,
  cast(null as jsonb) as contexts,
  cast(null as jsonb) as addresses,
  cast(null as jsonb) as excluded_addresses,
  cast(null as jsonb) as api_types,
  cast(null as timestamptz) as created_at,
  cast(null as text) as created_by_id,
  cast(null as timestamptz) as last_modified_at,
  cast(null as text) as last_modified_by_id,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments_restrictions as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(rule_id as text), '') as rule_id,
  nullif(cast(description as text), '') as description,
  nullif(cast(enforcement_mode as text), '') as enforcement_mode,
  nullif(cast(service_name as text), '') as service_name,
  nullif(cast(service_instance as text), '') as service_instance,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(region as text), '') as region,
  nullif(cast(resource_group_id as text), '') as resource_group_id,
  cast(nullif(cast(resource_tags as text), 'null') as jsonb) as resource_tags,
  cast(nullif(cast(contexts as text), 'null') as jsonb) as contexts,
  cast(nullif(cast(addresses as text), 'null') as jsonb) as addresses,
  cast(nullif(cast(excluded_addresses as text), 'null') as jsonb) as excluded_addresses,
  cast(nullif(cast(api_types as text), 'null') as jsonb) as api_types,
  cast(cast(created_at as text) || case when pg_typeof(created_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as created_at,
  nullif(cast(created_by_id as text), '') as created_by_id,
  cast(cast(last_modified_at as text) || case when pg_typeof(last_modified_at) = 'timestamp'::regtype then 'Z' else '' end as timestamptz) as last_modified_at,
  nullif(cast(last_modified_by_id as text), '') as last_modified_by_id,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments_restrictions as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from deployments_restrictions as loaded
);

create view stg_databases as
select
  cast(null as text) as platform,
  cast(null as text) as type,
  cast(null as text) as account_id,
  cast(null as text) as generation,
  cast(null as jsonb) as versions,
  cast(null as text) as status,
  cast(null as text) as display_name,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_databases as
select
  'ibm_cloud' as platform,
  nullif(cast(type as text), '') as type,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(generation as text), '') as generation,
  cast(nullif(cast(versions as text), 'null') as jsonb) as versions,
  cast(null as text) as status,
  cast(null as text) as display_name,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from databases as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from databases as loaded
);

create view stg_deployments_versions as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as deployment_id,
  cast(null as text) as generation,
  cast(null as text) as application,
  cast(null as text) as method,
  cast(null as text) as from_version,
  cast(null as text) as to_version,
  cast(null as boolean) as skip_backup_supported,
  cast(null as text) as status,
  cast(null as boolean) as is_preferred,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments_versions as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(generation as text), '') as generation,
  nullif(cast(application as text), '') as application,
  nullif(cast(method as text), '') as method,
  nullif(cast(from_version as text), '') as from_version,
  nullif(cast(to_version as text), '') as to_version,
  cast(skip_backup_supported as boolean) as skip_backup_supported,
  nullif(cast(status as text), '') as status,
  cast(is_preferred as boolean) as is_preferred,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments_versions as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from deployments_versions as loaded
);

-- Databases whose version is deprecated, dead, hidden or not in the catalog. Generation 2 databases are omitted, because they have no catalog.
create view version_risks as
with catalog as (
  select c.platform, c.type, (v.value ->> 'version') as version, (v.value ->> 'status') as status
  from stg_databases as c
  join lateral (select jsonb_array_elements(c.versions) as value) as v on true
),
upgrades as (
  select platform, deployment_id, string_agg(to_version || ' (' || method || ')', ', ' order by to_version, method) as upgrade_to
  from stg_deployments_versions
  group by platform, deployment_id
),
preferred as (
  select c.platform, c.type, string_agg(v.value ->> 'version', ', ' order by v.value ->> 'version') as version
  from stg_databases as c
  join lateral (select jsonb_array_elements(c.versions) as value) as v on true
  where (v.value ->> 'preferred') = 'true'
  group by c.platform, c.type
)
select
  d.platform,
  d.id as deployment_id,
  d.name as database_name,
  d.type,
  d.version,
  coalesce(c.status, 'not_in_catalog') as status,
  u.upgrade_to,
  p.version as preferred_versions
from stg_deployments as d
left join catalog as c on c.platform = d.platform and c.type = d.type and c.version = d.version
left join upgrades as u on u.platform = d.platform and u.deployment_id = d.id
left join preferred as p on p.platform = d.platform and p.type = d.type
where
  d.version is not null
  -- The catalog contains only generation 1 versions.
  and coalesce(d.generation, 'gen1') = 'gen1'
  and coalesce(c.status, '') not in ('stable', 'beta');

-- How each database is protected: one row per database, IBM Cloud only. IBM doesn't report the keys and backup settings of generation 1 databases, so these columns are null.
create view database_posture as
with allowed as (
  select platform, deployment_id, count(*) as allowlist_entries
  from stg_deployments_allowlists
  group by platform, deployment_id
),
-- A rule covers every database of its account that matches all attributes of the rule. Tags aren't compared.
covering as (
  select
    d.platform, d.id as deployment_id, r.rule_id, coalesce(cast(r.resource_tags as text), '[]') <> '[]' as is_conditional
  from stg_deployments as d
  join stg_deployments_restrictions as r
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
  from database_access
  group by platform, deployment_id
),
databases as (
  select
    d.*,
    coalesce(d.enable_public_endpoints, d.endpoints like '%public%') as has_public_endpoint,
    d.generation = 'gen2' and d.version is not null as has_gen2_settings
  from stg_deployments as d
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
left join version_risks as v on v.platform = d.platform and v.deployment_id = d.id
left join audit_coverage as c
  on c.platform = d.platform and c.account_id is not distinct from d.account_id and c.location = d.region
left join stg_accounts as a on a.platform = d.platform and a.id = d.account_id;

create view stg_deployments_autoscalings as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as deployment_id,
  cast(null as text) as generation,
  cast(null as text) as group_id,
  cast(null as text) as resource,
  cast(null as boolean) as capacity_enabled,
  cast(null as numeric(38, 9)) as capacity_free_space_less_than_percent,
  cast(null as boolean) as io_enabled,
  cast(null as text) as io_over_period,
  cast(null as numeric(38, 9)) as io_above_percent,
  cast(null as numeric(38, 9)) as rate_increase_percent,
  cast(null as bigint) as rate_period_seconds,
  cast(null as numeric(38, 9)) as rate_limit_mb_per_member,
  cast(null as numeric(38, 9)) as rate_limit_count_per_member,
  cast(null as text) as rate_units,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments_autoscalings as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(generation as text), '') as generation,
  nullif(cast(group_id as text), '') as group_id,
  nullif(cast(resource as text), '') as resource,
  cast(capacity_enabled as boolean) as capacity_enabled,
  cast(capacity_free_space_less_than_percent as numeric(38, 9)) as capacity_free_space_less_than_percent,
  cast(io_enabled as boolean) as io_enabled,
  nullif(cast(io_over_period as text), '') as io_over_period,
  cast(io_above_percent as numeric(38, 9)) as io_above_percent,
  cast(rate_increase_percent as numeric(38, 9)) as rate_increase_percent,
  cast(rate_period_seconds as bigint) as rate_period_seconds,
  cast(rate_limit_mb_per_member as numeric(38, 9)) as rate_limit_mb_per_member,
  cast(rate_limit_count_per_member as numeric(38, 9)) as rate_limit_count_per_member,
  nullif(cast(rate_units as text), '') as rate_units,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments_autoscalings as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from deployments_autoscalings as loaded
);

create view stg_deployments_scalings as
select
  cast(null as text) as platform,
  cast(null as text) as id,
  cast(null as text) as account_id,
  cast(null as text) as deployment_id,
  cast(null as text) as generation,
  cast(null as text) as group_id,
  cast(null as numeric(38, 9)) as members,
  cast(null as numeric(38, 9)) as members_min,
  cast(null as numeric(38, 9)) as members_max,
  cast(null as numeric(38, 9)) as members_step,
  cast(null as numeric(38, 9)) as cpu_count_per_member,
  cast(null as numeric(38, 9)) as cpu_count_total,
  cast(null as numeric(38, 9)) as cpu_count_min,
  cast(null as numeric(38, 9)) as cpu_count_max,
  cast(null as numeric(38, 9)) as cpu_count_step,
  cast(null as numeric(38, 9)) as memory_mb_per_member,
  cast(null as numeric(38, 9)) as memory_mb_total,
  cast(null as numeric(38, 9)) as memory_mb_min,
  cast(null as numeric(38, 9)) as memory_mb_max,
  cast(null as numeric(38, 9)) as memory_mb_step,
  cast(null as numeric(38, 9)) as disk_mb_per_member,
  cast(null as numeric(38, 9)) as disk_mb_total,
  cast(null as numeric(38, 9)) as disk_mb_min,
  cast(null as numeric(38, 9)) as disk_mb_max,
  cast(null as numeric(38, 9)) as disk_mb_step,
  cast(null as text) as host_flavor_id,
  cast(null as text) as host_flavor_name,
  cast(null as numeric(38, 9)) as shards,
  cast(null as bigint) as allocated_units,
  cast(null as bigint) as used_units,
  cast(null as bigint) as starting_units,
  cast(null as bigint) as minimum_units,
  cast(null as bigint) as memory_per_unit_in_mb,
  cast(null as bigint) as storage_per_unit_in_mb,
  cast(null as bigint) as unit_size_in_mb,
  cast(null as text) as unit_type,
  cast(null as timestamptz) as _extracted_at
where false;
create or replace view stg_deployments_scalings as
select
  'ibm_cloud' as platform,
  nullif(cast(id as text), '') as id,
  nullif(cast(account_id as text), '') as account_id,
  nullif(cast(deployment_id as text), '') as deployment_id,
  nullif(cast(generation as text), '') as generation,
  nullif(cast(group_id as text), '') as group_id,
  cast(members as numeric(38, 9)) as members,
  cast(members_min as numeric(38, 9)) as members_min,
  cast(members_max as numeric(38, 9)) as members_max,
  cast(members_step as numeric(38, 9)) as members_step,
  cast(cpu_count_per_member as numeric(38, 9)) as cpu_count_per_member,
  cast(cpu_count_total as numeric(38, 9)) as cpu_count_total,
  cast(cpu_count_min as numeric(38, 9)) as cpu_count_min,
  cast(cpu_count_max as numeric(38, 9)) as cpu_count_max,
  cast(cpu_count_step as numeric(38, 9)) as cpu_count_step,
  cast(memory_mb_per_member as numeric(38, 9)) as memory_mb_per_member,
  cast(memory_mb_total as numeric(38, 9)) as memory_mb_total,
  cast(memory_mb_min as numeric(38, 9)) as memory_mb_min,
  cast(memory_mb_max as numeric(38, 9)) as memory_mb_max,
  cast(memory_mb_step as numeric(38, 9)) as memory_mb_step,
  cast(disk_mb_per_member as numeric(38, 9)) as disk_mb_per_member,
  cast(disk_mb_total as numeric(38, 9)) as disk_mb_total,
  cast(disk_mb_min as numeric(38, 9)) as disk_mb_min,
  cast(disk_mb_max as numeric(38, 9)) as disk_mb_max,
  cast(disk_mb_step as numeric(38, 9)) as disk_mb_step,
  nullif(cast(host_flavor_id as text), '') as host_flavor_id,
  nullif(cast(host_flavor_name as text), '') as host_flavor_name,
  cast(shards as numeric(38, 9)) as shards,
  cast(null as bigint) as allocated_units,
  cast(null as bigint) as used_units,
  cast(null as bigint) as starting_units,
  cast(null as bigint) as minimum_units,
  cast(null as bigint) as memory_per_unit_in_mb,
  cast(null as bigint) as storage_per_unit_in_mb,
  cast(null as bigint) as unit_size_in_mb,
  cast(null as text) as unit_type,
  coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) as _extracted_at
from deployments_scalings as loaded
where coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz)) >= (
  select max(coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))) - interval '36 hours'
  from deployments_scalings as loaded
);

-- The size of each database, its distance from the scaling limits, and its cost in the last complete month: one row per database and currency. IBM doesn't report how much memory or disk is used.
create view database_sizes_and_costs as
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
  from stg_deployments_scalings
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
  from stg_deployments_scalings
  where platform = 'compose'
),
autoscaled as (
  select platform, deployment_id, max(case when capacity_enabled or io_enabled then 1 else 0 end) as is_autoscaled
  from stg_deployments_autoscalings
  where resource = 'disk'
  group by platform, deployment_id
),
months as (
  select platform, max(month) as month
  from database_costs
  where month < left(cast(current_timestamp at time zone 'UTC' as text), 7)
  group by platform
),
costs as (
  select c.platform, c.deployment_id, c.month, c.currency_code, sum(c.cost) as cost
  from database_costs as c
  join months as m on m.platform = c.platform and m.month = c.month
  group by 1, 2, 3, 4
)
select
  coalesce(d.platform, '') || '/' || coalesce(d.id, '') || '/' || coalesce(c.currency_code, '') as id,
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
from stg_deployments as d
left join sizes as s on s.platform = d.platform and s.deployment_id = d.id
left join autoscaled as a on a.platform = d.platform and a.deployment_id = d.id
left join costs as c on c.platform = d.platform and c.deployment_id = d.id;
