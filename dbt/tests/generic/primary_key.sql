{#- Returns rows without a key, and keys that occur twice. -#}
{% test primary_key(model, column) %}
select {{ column }}, count(*) as count_of_rows
from {{ model }}
group by {{ column }}
having {{ column }} is null or count(*) > 1
{% endtest %}
