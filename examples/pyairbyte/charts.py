"""Reads what IBM Cloud Databases cost and when they were backed up, and draws both into charts.png.

    IBM_CLOUD_API_KEY  the API key of your account
    SANDBOX_URL        where the stand-in for IBM Cloud is; leave it out to read IBM Cloud itself
"""

import os
import sys

os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")  # Airbyte's registry does not have the connector.

import airbyte as ab
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

SANDBOX = os.environ.get("SANDBOX_URL")

SHOWN = 7  # databases with a colour of their own; the others are one
OTHERS = "all others"
COLOURS = ["#0f62fe", "#009d9a", "#8a3ffc", "#ff832b", "#d02670", "#33b1ff", "#6fdc8c"]
GREY = "#a8a8a8"

# What the states of a backup come to. Generation 1 and generation 2 have different words for the same.
OUTCOMES = {"completed": "complete", "active": "complete", "failed": "failed"}
OUTCOME_COLOURS = {"complete": "#009d9a", "not finished": GREY, "failed": "#da1e28"}


def platform() -> dict:
    """Which account to read, as the option `platform` of the connector."""
    account = {"name": "ibm_cloud", "api_key": os.environ["IBM_CLOUD_API_KEY"]}
    if not SANDBOX:
        return account
    paths = {
        "iam": "/iam",
        "resource_controller": "/resource-controller",
        "databases": "/databases/{region}/v5/ibm",
        "billing": "/billing",
        "accounts": "/accounts",
    }
    return {**account, "endpoints": {name: SANDBOX + path for name, path in paths.items()}}


def read() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Brings the cache up to date, and gives all billables and backups in it."""
    source = ab.get_source(
        "source-compose",
        pip_url="source-compose",
        config={"platform": platform()},
        streams=["billables", "deployments_backups"],
    )
    # A cache for each account: the next run only asks for what is new.
    cache = ab.new_local_cache("sandbox" if SANDBOX else "ibm_cloud")
    result = source.read(cache=cache)
    return result["billables"].to_pandas(), result["deployments_backups"].to_pandas()


def cost_by_month(billables: pd.DataFrame) -> pd.DataFrame:
    """A row for each month, a column for each database: the most expensive ones first, then all others."""
    name = billables["resource_instance_name"].fillna(billables["deployment_id"])
    cost = billables.pivot_table(index="month", columns=name, values="amount", aggfunc="sum", fill_value=0)
    cost = cost[cost.sum().sort_values(ascending=False).index]
    shown, rest = cost.iloc[:, :SHOWN], cost.iloc[:, SHOWN:]
    return shown if rest.empty else shown.assign(**{OTHERS: rest.sum(axis="columns")})


def backups_by_day(backups: pd.DataFrame) -> pd.DataFrame:
    """A row for each day, in UTC, also for those without a backup; a column for each outcome."""
    day = pd.to_datetime(backups["created_at"]).dt.floor("D")
    outcome = backups["status"].map(OUTCOMES).fillna("not finished")
    count = pd.crosstab(day, outcome).reindex(columns=list(OUTCOME_COLOURS), fill_value=0)
    return count.reindex(pd.date_range(day.min(), day.max(), name="day"), fill_value=0)


def draw(axes: Axes, table: pd.DataFrame, labels: pd.Index, colours: list[str], title: str) -> None:
    """Stacked bars: one for each row, a colour for each column."""
    table.set_axis(labels).plot.bar(ax=axes, stacked=True, width=0.8, color=colours, rot=0)
    axes.set_title(title, loc="left", fontweight="bold", pad=12)
    axes.set_xlabel("")
    axes.set_axisbelow(True)
    axes.grid(axis="y", color="#e0e0e0")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)
    # From the top down as in the bars.
    handles, names = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


def main() -> None:
    billables, backups = read()
    if billables.empty or backups.empty:
        sys.exit("The account has no billables or no backups to draw.")
    cost, count = cost_by_month(billables), backups_by_day(backups)

    figure, (above, below) = plt.subplots(2, figsize=(12, 9), layout="constrained")
    currency = " and ".join(sorted(billables["currency_code"].unique()))
    months = pd.to_datetime(cost.index).strftime("%b\n%Y")
    colours = COLOURS[: len(cost.columns)] + [GREY]
    draw(above, cost, months, colours, f"Cost by month, in {currency} (the last month is not over)")
    above.yaxis.set_major_formatter("{x:,.0f}")

    draw(below, count, count.index.strftime("%d\n%b"), list(OUTCOME_COLOURS.values()), "Backups by day")
    below.yaxis.set_major_locator(MaxNLocator(integer=True))
    # A label a week, so that they have room.
    below.set_xticks(range(0, len(count), 7))

    figure.get_layout_engine().set(h_pad=0.2, w_pad=0.2)
    figure.savefig("charts.png", dpi=150)
    print(f"charts.png: {cost.to_numpy().sum():.2f} {currency} in {len(cost)} months,", end=" ")
    print(f"{count.to_numpy().sum()} backups on {len(count)} days")


if __name__ == "__main__":
    main()
