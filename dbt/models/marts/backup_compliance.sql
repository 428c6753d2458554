with finished as (
  select
    platform, deployment_id, created_at, is_restorable,
    lag(created_at) over (partition by platform, deployment_id order by created_at) as previous_at
  from {{ ref('stg_deployments_backups') }}
  -- The final status of a successful backup on Compose, in generation 1 and in generation 2, respectively.
  where status in ('complete', 'completed', 'active')
    and created_at >= {{ as_of() }} - interval '{{ var("backup_kept_days") }} days'
),

backups as (
  select
    platform, deployment_id,
    count(*) as finished_backups,
    max(created_at) as newest_backup_at,
    max({{ hours_between('previous_at', 'created_at') }}) as longest_gap_hours,
    min(case when is_restorable then created_at end) as oldest_restorable_at,
    max(case when is_restorable then created_at end) as newest_restorable_at
  from finished
  group by platform, deployment_id
),

failed as (
  select platform, deployment_id, count(*) as failed_backups
  from {{ ref('stg_deployments_backups') }}
  where status in ('failed', 'expired')
    and created_at >= {{ as_of() }} - interval '{{ var("backup_kept_days") }} days'
  group by platform, deployment_id
)

select
  d.platform,
  d.id as deployment_id,
  d.name as database_name,
  d.type,
  d.generation,
  b.newest_backup_at,
  {{ hours_between('b.newest_backup_at', as_of()) }} as newest_backup_age_hours,
  case
    when b.newest_backup_at is null then 'none'
    when b.newest_backup_at < {{ as_of() }} - interval '{{ var("backup_max_age_hours") }} hours' then 'late'
    else 'ok'
  end as status,
  coalesce(b.finished_backups, 0) as finished_backups,
  coalesce(f.failed_backups, 0) as failed_backups,
  b.longest_gap_hours,
  w.earliest_point_in_time_recovery_time as point_in_time_from,
  b.oldest_restorable_at as restorable_from,
  -- IBM's retention period. Compose's retention period is unknown.
  case when d.platform = 'ibm_cloud' then b.newest_restorable_at + interval '{{ var("backup_kept_days") }} days' end
    as restorable_until
from {{ ref('stg_deployments') }} as d
left join backups as b on b.platform = d.platform and b.deployment_id = d.id
left join failed as f on f.platform = d.platform and f.deployment_id = d.id
left join {{ ref('stg_deployments_recovery_windows') }} as w on w.platform = d.platform and w.deployment_id = d.id
where coalesce(d.state, 'active') = 'active'
