{#- The SQL type for a kind of field. -#}
{% macro type_of(kind) %}{{ return(adapter.dispatch('type_of', 'source_compose')(kind)) }}{% endmacro %}

{% macro default__type_of(kind) %}
  {{ return({
    'text': 'text', 'integer': 'bigint', 'number': 'numeric(38, 9)', 'boolean': 'boolean', 'timestamp': 'timestamptz',
    'object': 'json', 'list': 'json'
  }[kind]) }}
{% endmacro %}

{% macro postgres__type_of(kind) %}
  {{ return('jsonb' if kind in ['object', 'list'] else source_compose.default__type_of(kind)) }}
{% endmacro %}

{#- Casts a column to the type of its kind, whatever its loaded type. Some loaders write null instead of empty text. -#}
{% macro typed(column, kind) %}{{ return(adapter.dispatch('typed', 'source_compose')(column, kind)) }}{% endmacro %}

{% macro default__typed(column, kind) %}
  {%- if kind == 'text' -%}
    {{ return("nullif(cast(" ~ column ~ " as text), '')") }}
  {%- elif kind == 'timestamp' -%}
    {{ return("cast(cast(" ~ column ~ " as text) || case typeof(" ~ column ~ ") when 'TIMESTAMP' then 'Z' else '' end as timestamptz)") }}
  {%- endif -%}
  {{ return('cast(' ~ column ~ ' as ' ~ source_compose.type_of(kind) ~ ')') }}
{% endmacro %}

{#- Some loaders write times in UTC without a zone, and JSON null for missing values. -#}
{% macro postgres__typed(column, kind) %}
  {%- if kind == 'text' -%}
    {{ return("nullif(cast(" ~ column ~ " as text), '')") }}
  {%- elif kind == 'timestamp' -%}
    {{ return("cast(cast(" ~ column ~ " as text) || case when pg_typeof(" ~ column ~ ") = 'timestamp'::regtype then 'Z' else '' end as timestamptz)") }}
  {%- elif kind in ['object', 'list'] -%}
    {{ return("cast(nullif(cast(" ~ column ~ " as text), 'null') as jsonb)") }}
  {%- endif -%}
  {{ return('cast(' ~ column ~ ' as ' ~ source_compose.type_of(kind) ~ ')') }}
{% endmacro %}

{#- Expands a list to its elements: `left join {{ elements('t.members', 'm') }} on true`, then `m.value ->> 'name'`. -#}
{% macro elements(list, alias) %}{{ return(adapter.dispatch('elements', 'source_compose')(list, alias)) }}{% endmacro %}

{% macro default__elements(list, alias) %}
  {{ return('lateral (select unnest(cast(' ~ list ~ ' as json[])) as value) as ' ~ alias) }}
{% endmacro %}

{% macro postgres__elements(list, alias) %}
  {{ return('lateral (select jsonb_array_elements(' ~ list ~ ') as value) as ' ~ alias) }}
{% endmacro %}

{#- The time at which ages are measured. -#}
{% macro as_of() -%}
  {%- if var('as_of') -%}cast('{{ var("as_of") }}' as timestamptz){%- else -%}current_timestamp{%- endif -%}
{%- endmacro %}

{#- The number of whole hours between two times. -#}
{% macro hours_between(first, last) -%}
  cast(floor(extract(epoch from ({{ last }} - {{ first }})) / 3600) as integer)
{%- endmacro %}

{#- Combines text columns into one key. -#}
{% macro key_of(columns) -%}
  {%- for column in columns -%}coalesce({{ column }}, ''){% if not loop.last %} || '/' || {% endif %}{%- endfor -%}
{%- endmacro %}

{#- The type of an identity, derived from its ID. -#}
{% macro subject_type(id) -%}
  case
      when lower({{ id }}) like 'iam-serviceid-%' then 'service'
      when lower({{ id }}) like 'iam-profile-%' then 'profile'
      when lower({{ id }}) like 'crn-%' then 'resource'
      else 'user'
    end
{%- endmacro %}
