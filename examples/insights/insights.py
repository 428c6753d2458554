"""Reads IBM Cloud Databases, builds the dbt package's marts, and writes insights.html, a page with charts.

    IBM_CLOUD_API_KEY  the API key of your account
    SANDBOX_URL        the sandbox's address; omit it to read IBM Cloud itself
    LOGS_INSTANCE      the CRN of the IBM Cloud Logs instance with your audit events, if you have one
    ACCESS_REVIEW      1 to read the names and last logins of users and programs, if the API key has the roles for it
"""

import html
import json
import os
import sys
from pathlib import Path
from string import Template

os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")  # The connector isn't in Airbyte's registry.
os.environ.setdefault("DO_NOT_TRACK", "1")

import airbyte as ab
import duckdb
import pandas as pd
from airbyte.caches import DuckDBCache
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from pictures import access_matrix, backups_by_day, cost_by_month, size_and_cost

HERE = Path(__file__).parent
PACKAGE = os.environ.get("DBT_PACKAGE", HERE.parent.parent / "dbt")
SANDBOX = os.environ.get("SANDBOX_URL")


def platform() -> dict:
    """Returns the connector's option `platform` for the account."""
    account = {"name": "ibm_cloud", "api_key": os.environ["IBM_CLOUD_API_KEY"]}
    if "LOGS_INSTANCE" in os.environ:
        account["logs_instances"] = [os.environ["LOGS_INSTANCE"]]
    if os.environ.get("ACCESS_REVIEW") == "1":
        account |= {"access_review": True, "identity_activity": True}
    if not SANDBOX:
        return account
    paths = {
        "iam": "/iam",
        "resource_controller": "/resource-controller",
        "databases": "/databases/{region}/v5/ibm",
        "billing": "/billing",
        "accounts": "/accounts",
        "users": "/users",
        "search": "/search",
        "cbr": "/cbr",
        "atracker": "/atracker",
        "logs": "/logs/{region}/{instance}",
    }
    return {**account, "endpoints": {name: SANDBOX + path for name, path in paths.items()}}


def read(database: Path) -> None:
    """Updates the database. Incremental streams resume from the previous run."""
    source = ab.get_source("source-compose", pip_url="source-compose", config={"platform": platform()}, streams="*")
    cache = DuckDBCache(db_path=database, schema_name="ibm_cloud")
    source.read(cache=cache)
    cache.get_sql_engine().dispose()


def build(database: Path) -> None:
    """Builds the marts with dbt."""
    os.environ.update(DUCKDB_PATH=str(database), DBT_SCHEMA="databases")
    target = str(HERE / "target")
    project = ["--project-dir", str(PACKAGE), "--profiles-dir", str(PACKAGE), "--target-path", target, "--log-path", target]
    outcome = dbtRunner().invoke(["--quiet", "build", "--target", "duckdb", *project])
    # Close dbt's connections, so that `page` can open the same file with different settings.
    DuckDBConnectionManager.close_all_connections()
    if not outcome.success:
        sys.exit("dbt reported errors.")


def table(rows: pd.DataFrame) -> str:
    """Formats rows as an HTML table."""

    def cell(value: object) -> str:
        if isinstance(value, float) and not pd.isna(value):
            return f'<td class="number">{value:,.2f}</td>'
        return f"<td>{'' if pd.isna(value) else html.escape(str(value))}</td>"

    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in rows.columns.str.replace("_", " "))
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows.itertuples(index=False))
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def figure(title: str, note: str, pictures: dict[str, str], rows: pd.DataFrame) -> str:
    """Returns the chart for wide and for narrow screens, and a table with its numbers."""
    label = f'role="img" aria-label="{html.escape(title)}"'
    drawn = "".join(svg.replace("<svg ", f'<svg class="{width}" {label} ', 1) for width, svg in pictures.items())
    shown = f"<details><summary>The numbers</summary>{table(rows)}</details>"
    return f"<figure><figcaption><h2>{title}</h2><p>{note}</p></figcaption>{drawn}{shown}</figure>"


def section(title: str, note: str, rows: pd.DataFrame) -> str:
    shown = "<p>None.</p>" if rows.empty else table(rows)
    return f"<section><h2>{title}</h2><p>{note}</p>{shown}</section>"


def yes_or_no(condition: str, name: str) -> str:
    return f"case when {condition} then 'yes' when not ({condition}) then 'no' end as {name}"


def page(database: Path) -> tuple[str, str]:
    """Returns the page as HTML, and a one-line summary."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'; set search_path = 'databases'")
        query = lambda text: connection.execute(text).df()
        costs = query("select month, database_name, currency_code, cost::double as cost, change::double as change from database_costs")
        sizes = query("""select database_name, type, memory_gb::double as memory_gb, disk_gb::double as disk_gb, size_status,
            cost::double as cost, currency_code from database_sizes_and_costs order by cost desc""")
        backups = query("""select coalesce(d.name, 'deleted') as database_name, strftime(b.created_at, '%Y-%m-%d') as day,
            case when bool_or(b.status in ('completed', 'active')) then 'complete'
              when bool_or(b.status in ('failed', 'expired')) then 'failed' else 'not finished' end as outcome
            from stg_deployments_backups as b left join stg_deployments as d on d.id = b.deployment_id
            group by all order by all""")
        compliance = query("""select database_name, status, strftime(newest_backup_at, '%Y-%m-%d %H:%M') as newest_backup_at, longest_gap_hours,
            strftime(restorable_until, '%Y-%m-%d %H:%M') as restorable_until from backup_compliance where status <> 'ok' order by backup_compliance.newest_backup_at nulls first, database_name""")
        risks = query("select database_name, type, version, status, upgrade_to from version_risks order by all")
        access = query("""with shared as (select name from identities group by name having count(*) > 1)
            select a.database_name, coalesce(a.subject_name || case when s.name is null then '' else ' (' || coalesce(a.subject_email, a.subject_id) || ')' end,
              a.subject_id, a.group_name) as subject, a.subject_type as type, a.subject_assumable_by as assumable_by,
            string_agg(distinct a.role, ', ' order by a.role) as roles, bool_and(a.is_conditional) as conditional
            from database_access as a left join shared as s on s.name = a.subject_name group by all order by all""")
        posture = query(f"""select database_name, network_status as network, {yes_or_no("has_own_disk_key", "own_disk_key")},
            {yes_or_no("independent_backups_authorized", "backups_authorized")}, {yes_or_no("backups_preserved", "backups_preserved")},
            {yes_or_no("not is_untagged", "tags")}, version_status as version, audit_status as audit_events, identities, unused_identities,
            strftime(last_authenticated_at, '%Y-%m-%d') as last_login from database_posture
            order by case network_status when 'public' then 1 when 'unknown' then 2 else 3 end, database_name""")
        changes = query("""select strftime(happened_at, '%Y-%m-%d %H:%M') as time, database_name, what, outcome, actor_name
            from change_log order by happened_at desc, id limit 20""")
    by_month = costs.groupby(["month", "database_name"], as_index=False)[["cost", "change"]].sum()
    currency = " and ".join(sorted(costs["currency_code"].unique()))
    total = costs["cost"].sum()
    moved = by_month[by_month["month"] == by_month["month"].max()]
    parts = [
        figure(f"Cost by month, in {currency}", "The current month isn't complete.", cost_by_month(by_month), by_month),
        figure("Size and cost", f"Each dot shows a database's memory and its cost in the last complete month, in {currency}.",
            size_and_cost(sizes), sizes),
        section("Versions at risk", "These versions are deprecated or no longer in IBM's catalog.", risks),
        figure("Backups by day", "Days are in UTC. On blank days, there was no backup.", backups_by_day(backups), backups),
        section("Databases without a recent backup", "No backup has finished in the last 24 hours.", compliance),
        figure("Who can access what", "In pale squares, access depends on a condition of the policy.", access_matrix(access), access),
        section("How databases are protected", "Blank cells are unknown or not synced. The last login is to IBM Cloud, by anyone with access to the database.", posture),
        section("Latest changes", "Tasks and audit events. Times are in UTC.", changes),
    ]
    summary = (f"{total:.2f} {currency} in {by_month['month'].nunique()} months, {len(sizes)} databases, {len(risks)} versions at risk, "
        f"{len(compliance)} without a recent backup")
    text = Template((HERE / "page.html").read_text("utf-8")).substitute(
        title="IBM Cloud Databases", summary=html.escape(summary), sections="\n".join(parts))
    return text, summary


def main() -> None:
    database = HERE / ("sandbox.duckdb" if SANDBOX else "ibm_cloud.duckdb")
    read(database)
    build(database)
    text, summary = page(database)
    Path("insights.html").write_text(text, "utf-8")
    print(f"insights.html: {summary}")


if __name__ == "__main__":
    main()
