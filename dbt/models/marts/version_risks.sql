with catalog as (
  select c.platform, c.type, (v.value ->> 'version') as version, (v.value ->> 'status') as status
  from {{ ref('stg_databases') }} as c
  join {{ elements('c.versions', 'v') }} on true
),

upgrades as (
  select platform, deployment_id, string_agg(to_version || ' (' || method || ')', ', ' order by to_version, method) as upgrade_to
  from {{ ref('stg_deployments_versions') }}
  group by platform, deployment_id
),

preferred as (
  select c.platform, c.type, string_agg(v.value ->> 'version', ', ' order by v.value ->> 'version') as version
  from {{ ref('stg_databases') }} as c
  join {{ elements('c.versions', 'v') }} on true
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
from {{ ref('stg_deployments') }} as d
left join catalog as c on c.platform = d.platform and c.type = d.type and c.version = d.version
left join upgrades as u on u.platform = d.platform and u.deployment_id = d.id
left join preferred as p on p.platform = d.platform and p.type = d.type
where
  d.version is not null
  -- The catalog contains only generation 1 versions.
  and coalesce(d.generation, 'gen1') = 'gen1'
  and coalesce(c.status, '') not in ('stable', 'beta')
