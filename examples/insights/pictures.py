"""Draws the page's charts as SVG, for wide and for narrow screens, in the colors of page.html."""

import re

import altair as alt
import pandas as pd
import vl_convert

# Color names in the page's style sheet, which defines them for light and dark screens.
COLOURS = ["c1", "c2", "c3", "c4", "c5", "c6", "c7"]
WIDTHS = {"wide": 700, "narrow": 250}
SHOWN = len(COLOURS)  # The number of databases that have their own color. All others share a color.
OTHERS = "all others"


def placeholder(name: str) -> str:
    """Returns a temporary color, which represents one of the page's colors until the chart is drawn."""
    return f"#ab00{NAMES.index(name):02x}"


NAMES = [*COLOURS, "rest", "bad", "ink", "quiet", "line"]
INK, QUIET, LINE = (placeholder(name) for name in ("ink", "quiet", "line"))


def draw(chart) -> dict[str, str]:
    """Returns the chart as SVG for each width. `chart` creates the chart for a given width."""
    return {width: svg_of(chart(pixels)) for width, pixels in WIDTHS.items()}


def svg_of(chart: alt.Chart) -> str:
    styled = chart.configure(
        background="transparent",
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=QUIET, titleColor=QUIET, titleFontWeight="normal", gridColor=LINE, domainColor=LINE, tickColor=LINE
        ),
        legend=alt.LegendConfig(labelColor=INK, title=None, orient="bottom", columns=2, columnPadding=24, symbolType="square"),
        font="system-ui, sans-serif",
    )
    svg = vl_convert.vegalite_to_svg(styled.to_json())
    return re.sub(r"#ab00([0-9a-f]{2})", lambda found: f"var(--{NAMES[int(found[1], 16)]})", svg)


def cost_by_month(costs: pd.DataFrame) -> dict[str, str]:
    """Stacked bars, in which the most expensive databases have their own colors."""
    order = costs.groupby("database_name")["cost"].sum().sort_values(ascending=False).index
    shown = [*order[:SHOWN], *([OTHERS] if len(order) > SHOWN else [])]
    named = costs.assign(database=costs["database_name"].where(costs["database_name"].isin(order[:SHOWN]), OTHERS))
    bars = named.groupby(["month", "database"], as_index=False)["cost"].sum()
    colours = [placeholder(name) for name in (*COLOURS[: len(order)], "rest")][: len(shown)]
    return draw(
        lambda width: alt.Chart(bars)
        .mark_bar()
        .encode(
            x=alt.X("month:O", title=None, axis=alt.Axis(labelAngle=-45 if width < 400 else 0)),
            y=alt.Y("sum(cost):Q", title=None, axis=alt.Axis(format=",.0f", tickCount=5)),
            color=alt.Color("database:N", scale=alt.Scale(domain=shown, range=colours)),
            order=alt.Order("database:N"),
        )
        .properties(width=width, height=280)
    )


def size_and_cost(sizes: pd.DataFrame) -> dict[str, str]:
    """A dot for each database with a known size and cost."""
    states = {"within_limits": "c1", "near_maximum": "bad", "minimum": "c2", "no_limits_known": "rest"}
    known = sizes.dropna(subset=["memory_gb", "cost"])
    known = known[(known["memory_gb"] > 0) & (known["cost"] > 0)]
    colour = alt.Scale(domain=list(states), range=[placeholder(name) for name in states.values()])
    return draw(
        lambda width: alt.Chart(known)
        .mark_circle(size=90, opacity=0.85)
        .encode(
            x=alt.X("memory_gb:Q", title="memory in GB", scale=alt.Scale(type="log"), axis=alt.Axis(tickCount=4)),
            y=alt.Y("cost:Q", title="cost", scale=alt.Scale(type="log"), axis=alt.Axis(format=",.0f", tickCount=4)),
            color=alt.Color("size_status:N", scale=colour),
        )
        .properties(width=width, height=280)
    )


def backups_by_day(backups: pd.DataFrame) -> dict[str, str]:
    """A square per day and database."""
    outcomes = {"complete": "c2", "not finished": "rest", "failed": "bad"}
    colour = alt.Scale(domain=list(outcomes), range=[placeholder(name) for name in outcomes.values()])
    days = sorted(backups["day"].unique())
    return draw(
        lambda width: alt.Chart(backups)
        .mark_rect(stroke=None)
        .encode(
            x=alt.X("day:O", title=None, axis=alt.Axis(values=days[:: 7 if width > 400 else 14], labelAngle=0)),
            y=alt.Y("database_name:N", title=None),
            color=alt.Color("outcome:N", scale=colour),
        )
        .properties(width=width - 100, height=alt.Step(16))
    )


def access_matrix(access: pd.DataFrame) -> dict[str, str]:
    """A square for each pair of a database and a person or program that can access it."""
    return draw(
        lambda width: alt.Chart(access)
        .mark_rect(color=placeholder("c1"))
        .encode(
            x=alt.X("subject:N", title=None, axis=alt.Axis(labelAngle=-60, orient="top")),
            y=alt.Y("database_name:N", title=None),
            opacity=alt.condition("datum.conditional", alt.value(0.35), alt.value(1)),
        )
        .properties(width=width - 100, height=alt.Step(16))
    )
