"""Runs PyAirbyte and dbt as the test instructs (../clients/dialog.py). Both share a process, because imports take seconds.

session.py DUCKDB_FILE POSTGRES_PORT
"""
import datetime
import decimal
import functools
import os
import sys

import airbyte
import duckdb
import pandas
import psycopg2
from airbyte.caches import DuckDBCache, PostgresCache
from airbyte.exceptions import AirbyteConnectorFailedError
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from dialog import answer

# dbt/README.md recommends this setting. Without `dtype=False`, PostgresCache converts the version "13" to a number, and
# then to the text "13.0".
pandas.read_json = functools.partial(pandas.read_json, dtype=False)

duckdb_file, port = sys.argv[1], int(sys.argv[2])
server = {"host": "127.0.0.1", "port": port, "password": "any"}
os.environ.update(DUCKDB_PATH=duckdb_file, PGHOST="127.0.0.1", PGPORT=str(port), PGPASSWORD="any")


def sync(program, schema, config, unused, node_options):
    """Returns whether the syncs into DuckDB and into Postgres succeeded.

    Streams that no mart uses are omitted, so their tables don't exist.
    """
    os.environ["NODE_OPTIONS"] = node_options
    caches = [
        DuckDBCache(db_path=duckdb_file, schema_name=schema),
        PostgresCache(schema_name=schema, username="postgres", database="postgres", **server),
    ]
    return [read(program, config, unused, cache) for cache in caches]


def read(program, config, unused, cache):
    source = airbyte.get_source("source-compose", config=config, local_executable=program)
    source.select_streams([name for name in source.get_available_streams() if name not in unused])
    try:
        source.read(cache=cache)
        return True
    except AirbyteConnectorFailedError as error:
        print(error, file=sys.stderr)
        return False
    finally:
        # Close the file, because dbt opens it next.
        cache.get_sql_engine().dispose()


manifests = {}


def build(schema, command, *arguments):
    """Returns the failures. Parses the project only once per target, because the result doesn't depend on the variable `as_of`."""
    os.environ["DBT_SCHEMA"] = schema
    *target, _variables = arguments
    if str(target) not in manifests:
        manifests[str(target)] = dbtRunner().invoke(["--quiet", "parse", *arguments]).result
    outcome = dbtRunner(manifest=manifests[str(target)]).invoke(["--quiet", *command, *arguments])
    DuckDBConnectionManager.close_all_connections()
    if outcome.exception is not None:
        return [str(outcome.exception)]
    return [f"{one.node.name}: {one.message}" for one in outcome.result if one.status in ("error", "fail", "skipped")]


def plain(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat()
    return value


def rows(kind, schema, *tables):
    """Returns all rows of the tables: {"table": [row, …]}. Times are in UTC."""
    database = duckdb.connect(duckdb_file) if kind == "duckdb" else psycopg2.connect(user="postgres", dbname="postgres", **server)
    cursor = database.cursor()
    found = {}
    for table in tables:
        cursor.execute(f"select * from {schema}.{table}")
        names = [column[0] for column in cursor.description]
        found[table] = [dict(zip(names, map(plain, row))) for row in cursor.fetchall()]
    database.close()
    return found


def execute(statements):
    with duckdb.connect(duckdb_file) as database:
        database.execute(statements)


answer(sync=sync, build=build, rows=rows, execute=execute)
