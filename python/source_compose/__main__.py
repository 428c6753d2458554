"""Runs source-compose for `python -m source_compose`."""

from source_compose import source_compose

source_compose()
