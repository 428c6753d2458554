"""Draws what IBM Cloud Databases cost by month and their backups by day into charts.png.

Environment variables:
    IBM_CLOUD_API_KEY  the API key of your account
    SANDBOX_URL        optional: the address of a sandbox to read instead of IBM Cloud
    START_DATE         optional: where to start, such as 2026-01-01T00:00:00Z; by default about a year ago
"""

import os
import sys

os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")  # The connector isn't in Airbyte's registry.

import airbyte as ab
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

SANDBOX = os.environ.get("SANDBOX_URL")
START = {"start_date": os.environ["START_DATE"]} if "START_DATE" in os.environ else {}

SHOWN = 7  # The most expensive databases have their own color; all others share one.
OTHERS = "all others"
COLORS = ["#0f62fe", "#009d9a", "#8a3ffc", "#ff832b", "#d02670", "#33b1ff", "#6fdc8c"]
GREY = "#a8a8a8"

# The two generations have different names for the same status.
OUTCOMES = {"completed": "complete", "active": "complete", "failed": "failed"}
OUTCOME_COLORS = {"complete": "#009d9a", "not finished": GREY, "failed": "#da1e28"}


def platform() -> dict:
    """The connector's option `platform`."""
    account = {"name": "ibm_cloud", "api_key": os.environ["IBM_CLOUD_API_KEY"]}
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
    }
    return {**account, "endpoints": {name: SANDBOX + path for name, path in paths.items()}}


def read() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Updates the cache, and returns all billables and backups in it."""
    source = ab.get_source(
        "source-compose",
        pip_url="source-compose",
        config={"platform": platform(), **START},
        streams=["billables", "deployments_backups"],
    )
    # The cache also keeps the state, so the next run reads only what is new.
    cache = ab.new_local_cache("sandbox" if SANDBOX else "ibm_cloud")
    result = source.read(cache=cache)
    return result["billables"].to_pandas(), result["deployments_backups"].to_pandas()


def cost_by_month(billables: pd.DataFrame) -> pd.DataFrame:
    """One row per month. One column per database, the most expensive first, and a last one for all others."""
    name = billables["resource_instance_name"].fillna(billables["deployment_id"])
    cost = billables.pivot_table(index="month", columns=name, values="amount", aggfunc="sum", fill_value=0)
    cost = cost[cost.sum().sort_values(ascending=False).index]
    shown, rest = cost.iloc[:, :SHOWN], cost.iloc[:, SHOWN:]
    return shown if rest.empty else shown.assign(**{OTHERS: rest.sum(axis="columns")})


def backups_by_day(backups: pd.DataFrame) -> pd.DataFrame:
    """One row per day (UTC), including days without a backup. One column per outcome."""
    day = pd.to_datetime(backups["created_at"]).dt.floor("D")
    outcome = backups["status"].map(OUTCOMES).fillna("not finished")
    count = pd.crosstab(day, outcome).reindex(columns=list(OUTCOME_COLORS), fill_value=0)
    return count.reindex(pd.date_range(day.min(), day.max(), name="day"), fill_value=0)


def draw(axes: Axes, table: pd.DataFrame, labels: pd.Index, colors: list[str], title: str) -> None:
    """Draws a stacked bar per row, with a color per column."""
    table.set_axis(labels).plot.bar(ax=axes, stacked=True, width=0.8, color=colors, rot=0)
    axes.set_title(title, loc="left", fontweight="bold", pad=12)
    axes.set_xlabel("")
    axes.set_axisbelow(True)
    axes.grid(axis="y", color="#e0e0e0")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)
    # The legend has the order of the bars, from top to bottom.
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
    colors = COLORS[: len(cost.columns)] + [GREY]
    draw(above, cost, months, colors, f"Cost by month, in {currency} (the last month is still open)")
    above.yaxis.set_major_formatter("{x:,.0f}")

    draw(below, count, count.index.strftime("%d\n%b"), list(OUTCOME_COLORS.values()), "Backups by day")
    below.yaxis.set_major_locator(MaxNLocator(integer=True))
    # Label one day per week, so that the labels don't overlap.
    below.set_xticks(range(0, len(count), 7))

    figure.get_layout_engine().set(h_pad=0.2, w_pad=0.2)
    figure.savefig("charts.png", dpi=150)
    print(f"charts.png: {cost.to_numpy().sum():.2f} {currency} in {len(cost)} months,", end=" ")
    print(f"{count.to_numpy().sum()} backups on {len(count)} days")


if __name__ == "__main__":
    main()
