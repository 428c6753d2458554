"""`python -m source_compose`, which is source-compose."""

from source_compose import source_compose

source_compose()
