{#-
  The rows of a stream from all loaded platforms, with the same columns and types for every loader. `platforms` contains the
  fields of each platform with their kinds. Tables and columns that aren't synced, and therefore don't exist, are treated as
  empty.
-#}
{% macro stage(platforms, full_refresh=[], renamed={}) %}
{%- set stream = model.name[4:] -%}
{%- set columns = {} -%}
{%- for fields in platforms.values() -%}{%- do columns.update(fields) -%}{%- endfor -%}
{%- set parts = [] -%}
{%- for platform, fields in platforms.items() if platform in var('platforms') -%}
  {%- set table = source(platform, stream) -%}
  {%- set present = source_compose.present_columns(table, fields) -%}
  {%- if present is not none -%}
    {%- do parts.append(source_compose.staged(platform, table, columns, fields, present, platform in full_refresh, renamed)) -%}
  {%- endif -%}
{%- endfor -%}
{%- if var('static_sql') or not parts %}
{{ source_compose.empty_stage(columns, renamed) }}
{%- endif %}
{%- if var('static_sql') %}
-- With the table:
{%- endif %}
{{ parts | join('\nunion all\n') }}
{% endmacro %}

{#- The table's existing columns, or none if the table doesn't exist. -#}
{% macro present_columns(table, fields) %}
  {%- if var('static_sql') or not execute -%}{{ return(fields.keys() | list) }}{%- endif -%}
  {#- This doesn't use adapter.get_relation, because other threads don't find existing tables while one thread fills dbt's cache. -#}
  {%- set found = run_query(
    "select column_name from information_schema.columns where table_catalog = '" ~ table.database ~ "' and table_schema = '"
    ~ table.schema ~ "' and table_name = '" ~ table.identifier ~ "'"
  ) -%}
  {%- if not found.rows -%}
    {%- do log(table ~ ' does not exist, so ' ~ model.name ~ ' is empty', info=true) -%}
    {{ return(none) }}
  {%- endif -%}
  {{ return(found.columns[0].values() | list) }}
{% endmacro %}

{% macro staged(platform, table, columns, fields, present, full_refresh, renamed) -%}
{%- set extracted_at = source_compose.extracted_at(present) -%}
select
  '{{ platform }}' as platform,
{%- for column, kind in columns.items() %}
  {% if column in fields and column in present -%}
  {{ source_compose.typed(adapter.quote(column) if column == 'default' else column, kind) }}
  {%- else -%}
  cast(null as {{ source_compose.type_of(kind) }})
  {%- endif %} as {{ source_compose.staged_name(column, renamed) }},
{%- endfor %}
  {{ extracted_at }} as _extracted_at
from {{ table }} as loaded
{%- if full_refresh and extracted_at != source_compose.never() %}
where {{ extracted_at }} >= (
  select max({{ extracted_at }}) - interval '{{ var("gone_after_hours") }} hours'
  from {{ table }} as loaded
)
{%- endif %}
{%- endmacro %}

{% macro empty_stage(columns, renamed={}) -%}
select
  cast(null as {{ source_compose.type_of('text') }}) as platform,
{%- for column, kind in columns.items() %}
  cast(null as {{ source_compose.type_of(kind) }}) as {{ source_compose.staged_name(column, renamed) }},
{%- endfor %}
  {{ source_compose.never() }} as _extracted_at
where false
{%- endmacro %}

{% macro staged_name(column, renamed) %}
  {%- set name = renamed.get(column, column) -%}
  {{ return(adapter.quote(name) if name == 'default' else name) }}
{% endmacro %}

{% macro never() %}{{ return('cast(null as ' ~ source_compose.type_of('timestamp') ~ ')') }}{% endmacro %}

{#- The time at which a row was read. Airbyte and PyAirbyte store this time in one column, and Singer targets in another. -#}
{% macro extracted_at(present) %}
  {%- if var('static_sql') -%}{{ return(source_compose.any_extracted_at()) }}{%- endif -%}
  {%- for column in ['_airbyte_extracted_at', '_sdc_extracted_at'] if column in present -%}
    {{ return(source_compose.typed(column, 'timestamp')) }}
  {%- endfor -%}
  {{ return(source_compose.never()) }}
{% endmacro %}

{#- The time at which a row was read, for SQL that must work whichever column exists. -#}
{% macro any_extracted_at() %}{{ return(adapter.dispatch('any_extracted_at', 'source_compose')()) }}{% endmacro %}

{% macro default__any_extracted_at() %}{{ return(source_compose.typed('_airbyte_extracted_at', 'timestamp')) }}{% endmacro %}

{% macro postgres__any_extracted_at() %}
  {{ return("coalesce(cast(to_jsonb(loaded) ->> '_airbyte_extracted_at' as timestamptz), " ~ "cast(rtrim(to_jsonb(loaded) ->> '_sdc_extracted_at', 'Z') || 'Z' as timestamptz))") }}
{% endmacro %}
