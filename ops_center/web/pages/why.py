"""/why/<metric>?<the question of /explore>: why a number is what it is, as a page to link to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import Dash, html
from dash.development.base_component import Component

from ops_center.metrics.catalog import METRICS
from ops_center.web import shell
from ops_center.web.parts import said
from ops_center.web.why import tell

if TYPE_CHECKING:
    from ops_center.web.desk import Desk, Query


def register(app: Dash, desk: Desk) -> None:
    """No callback: the address says all."""


def title(query: Query) -> str:
    """The metric's name."""
    name = _metric(query)
    return said(f"metrics.{name}.name" if name in METRICS else "why.title", query.language)


def exists(query: Query, desk: Desk) -> bool:
    """Whether there is such a metric."""
    return _metric(query) in METRICS


def opened(query: Query, desk: Desk) -> Component:
    """The panel on a page of its own; Problem for an unknown metric."""
    told = tell(desk, query, _metric(query))
    head = html.H1(said("why.title", query.language), className="spoken")
    return shell.framed(query, "explore", [head, told.panel], known=told.known, notes=told.notes)


def _metric(query: Query) -> str:
    return query.path.removeprefix("/why/")
