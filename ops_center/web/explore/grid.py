"""The rows behind the numbers: a grid that asks the server for the page that is looked at.

The only file that knows dash-ag-grid, whose script weighs 0.36 MB: `SCRIPT` names it for the
pages that need it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dash_ag_grid
from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.dossiers import SORTS, Listed, Page
from ops_center.metrics.listing import SORTABLE
from ops_center.web import where
from ops_center.web.address import View
from ops_center.web.chart import titled
from ops_center.web.explore import breakdown, picks
from ops_center.web.explore.seen import WORKING_DAY, Seen
from ops_center.web.known import Known
from ops_center.web.parts import Props, marked, said
from ops_center.web.where import label

if TYPE_CHECKING:
    from ops_center.metrics.number import Number

SCRIPT = "dash_ag_grid"
_GRID_WORDS = (
    "loadingOoo", "noRowsToShow", "loadingError", "contains", "equals", "inRange", "lessThan",
    "greaterThan", "lessThanOrEqual", "greaterThanOrEqual", "empty", "filterOoo", "inRangeStart",
    "inRangeEnd", "ariaFilterInput", "ariaFilterFromValue", "ariaFilterToValue", "ariaFilterValue",
    "ariaFilteringOperator", "ariaFilterMenuOpen", "ariaSearchFilterValues", "ariaColumnFiltered",
)  # fmt: skip
PLACES = (("rows-title", "children"), ("rows-unit", "children"), ("rows-exports", "children"),
          ("rows-total", "children"), ("rows-model", "title"))
_PAGE = 100

# column → width, whether shown at first; those of SORTS can be sorted by
_COLUMNS: dict[str, tuple[int, bool]] = {
    "code": (190, True),
    "standing": (215, True),
    "received_at": (185, True),
    "due_at": (185, True),
    "ended_at": (185, True),
    "procedure": (260, True),
    "hub": (180, True),
    "channel_level": (180, True),
    "official": (170, False),
    "outcome": (130, False),
    "worked_minutes": (140, False),
    "applicant": (110, False),
    "submitted_at": (185, False),
}
_MARKS = {"overdue": "bad", "due_soon": "watch", "waiting_reception": "watch"}


@dataclass(frozen=True)
class Asked:
    """A question of the grid: which page, in which order, of which rows. `where` as the address
    spells it."""

    start: int = 0
    limit: int = _PAGE
    sort: str = ""
    descending: bool = True
    where: tuple[str, ...] = ()


def skeleton(view: View) -> Component:
    """The card, built once; which columns are shown is kept by the browser."""
    language = view.lang
    title = html.Div([html.H2(id="rows-title"), html.P(id="rows-unit", className="quiet")])
    tools = html.Div([picks.pick("rows", language), picks.pick("columns", language),
                      html.Span(id="rows-exports", className="exports")], className="card-tools")
    head = html.Header([title, tools], className="card-head")
    grid = html.Div(_grid(view), className="grid-box", dir=i18n.direction(language))
    note = marked(html.P(id="rows-note", className="card-note"), {"role": "status"})
    total = html.P(id="rows-total", className="spoken")
    told = html.Div([html.Span(id=name) for name in ("rows-model", "rows-where")], hidden=True)
    card = html.Section([head, note, grid, total, told], id="rows", className="card wide-all")
    return marked(card, {"aria-labelledby": "rows-title"})


def _grid(view: View) -> Component:
    language = view.lang
    options = {
        "rowHeight": 36, "headerHeight": 38, "floatingFiltersHeight": 40,
        "cacheBlockSize": _PAGE, "maxBlocksInCache": 20, "infiniteInitialRowCount": 1,
        "rowBuffer": 0, "blockLoadDebounceMillis": 80,
        "suppressCellFocus": False, "enableRtl": i18n.direction(language) == "rtl",
        "enableCellTextSelection": True, "animateRows": False, "suppressMultiSort": True,
        "localeText": {name: said(f"explore.grid.{name}", language) for name in _GRID_WORDS},
        "initialState": {"filter": {"filterModel": where.model_of(view.where)}},
    }  # fmt: skip
    grid: Component = dash_ag_grid.AgGrid(
        id="rows-grid", rowModelType="infinite", columnDefs=_columns(language),
        defaultColDef={"resizable": True, "sortable": False, "filter": False,
                       "suppressHeaderMenuButton": True,
                       "sortingOrder": ["desc", "asc", None]},
        dashGridOptions=options, getRowId="params.data.id", className="desk-grid",
        style={"height": "100%"},
    )  # fmt: skip
    return grid


def _columns(language: str) -> list[dict[str, Any]]:
    return [
        {"field": name, "colId": name, "width": width, "sortable": name in SORTS, "hide": not shown,
         "headerName": label(name, language),
         **_filter(name, language), "tooltipField": name,
         **({"cellRenderer": "OpsCode"} if name == "code" else {}),
         **({"cellRenderer": "OpsStanding"} if name == "standing" else {})}
        for name, (width, shown) in _COLUMNS.items()
    ]  # fmt: skip


def _filter(name: str, language: str) -> dict[str, Any]:
    """How the column is filtered, under its head; the server understands what it says (`where`)."""
    params: dict[str, Any] = {"maxNumConditions": 1, "debounceMs": 500}
    options: list[Any]
    if name in where.TEXTS:
        kind, options = "Text", ["contains"]
    elif name in where.DAYS:
        kind, options = "Date", ["equals", "inRange", "greaterThan", "lessThan"]
        params |= {"inRangeInclusive": True, "minValidYear": 2000, "maxValidYear": 2100}
    elif name == where.HOURS:
        kind, options = "Number", ["lessThanOrEqual", "greaterThanOrEqual", "inRange"]
        params |= {"inRangeInclusive": True, "filterPlaceholder": said("where.hours", language)}
    elif name in where.CHOICES:
        kind, options = "Text", ["empty", *(_option(name, one, language)
                                            for one in where.CHOICES[name])]
    else:
        return {}
    return {"filter": f"ag{kind}ColumnFilter", "floatingFilter": True,
            "filterParams": params | {"filterOptions": options}}


def _option(name: str, value: str, language: str) -> dict[str, Any]:
    """A choice that needs nothing typed; which rows it means, the server says."""
    return {"displayKey": value, "displayName": where.word(name, value, language),
            "predicate": {"function": "true"}, "numberOfInputs": 0}


def choices(language: str) -> list[list[str]]:
    """The columns that can be shown, as a pick's choices."""
    names = {name: label(name, language) for name in _COLUMNS}
    return [[name, words, i18n.fold(words)] for name, words in names.items()]


def drawn(seen: Seen) -> Props:
    """The words above the grid; its rows come when it asks."""
    title = _title(seen.name(seen.view.rows), seen.found.strip.get(seen.view.rows), seen)
    return titled("rows", title, seen.say("rows.unit")) | {
        "rows-exports": {"children": breakdown.exports(seen, "rows")},
        "rows-total": {"children": title},
        "rows-model": {"title": json.dumps(where.model_of(seen.view.where))},
    }


def _title(name: str, number: Number | None, seen: Seen) -> str:
    """The number whose rows these are, with their count; of a ratio, what it is a share of."""
    key, count = "title", None
    if number is not None and number.denominator is not None:
        key, count = "behind_all", number.denominator
    elif number is not None and number.unit == "dossiers":
        count = int(number.value or 0)
    if count is None:  # the view does not hold this number
        return seen.say("rows.behind", name=name)
    shown = i18n.number(count, seen.language)
    return seen.say(f"rows.{key}", name=name, count=count, number=shown)


def asked(request: Mapping[str, Any]) -> Asked:
    """The grid's question; anything that is none is taken as the first page, unfiltered, in its
    natural order."""
    start, end = (_whole(request.get(name)) for name in ("startRow", "endRow"))
    model = request.get("sortModel") or [{}]
    wanted = model[0] if isinstance(model, list) and isinstance(model[0], dict) else {}
    sort = str(wanted.get("colId"))
    return Asked(
        start, min(max(end - start, 1), 500), sort if sort in SORTS else "",
        wanted.get("sort") != "asc", where.of_model(request.get("filterModel")),
    )  # fmt: skip


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0


def answered(page: Page, known: Known, language: str) -> dict[str, Any]:
    """What the grid takes for an answer."""
    rows = [_row(one, known, language) for one in page.rows]
    return {"rowData": rows, "rowCount": page.total}


def note(page: Page, asked: Asked, language: str) -> str:
    """How many rows the columns' filters keep, and why the order is another than asked for."""
    told = [_order_note(page, asked.sort, language)]
    if asked.where:
        number = i18n.number(page.total, language)
        kept = said("where.kept", language, count=page.total, number=number)
        told.insert(0, kept)
    return " ".join(one for one in told if one)


def _order_note(page: Page, asked_sort: str, language: str) -> str:
    if not asked_sort or page.sort == asked_sort:
        return ""
    most = i18n.number(SORTABLE, language)
    return said("explore.rows.order", language, by=label(page.sort, language), most=most)


def _row(one: Listed, known: Known, language: str) -> dict[str, Any]:
    lists, zone = known.lists, known.ward.zone
    procedure = lists.procedure_by_id.get(one.procedure_id)
    hub = lists.hub_by_id.get(one.hub_id)
    official = lists.person_by_id.get(one.official_id or "")
    ended = one.outcome or one.end_kind
    return {
        "id": one.dossier_id, "code": one.code, "source": one.source_id,
        "standing": said(f"export.standings.{one.standing}", language) if one.standing else "",
        "mark": _MARKS.get(one.standing or "", ""),
        "received_at": _moment(one.received_at, zone, language),
        "due_at": _moment(one.due_at, zone, language),
        "ended_at": _moment(one.ended_at, zone, language),
        "submitted_at": _moment(one.submitted_at, zone, language),
        "procedure": procedure.name if procedure else one.procedure_id,
        "hub": hub.name if hub else one.hub_id,
        "channel_level": said(f"export.channel_level.{one.channel_level}", language),
        "official": official.name if official else said("export.nobody", language),
        "outcome": said(f"export.ends.{ended}", language) if ended else "",
        "worked_minutes": "" if one.worked_minutes is None else i18n.duration(
            one.worked_minutes, language, day_minutes=WORKING_DAY),
        "applicant": one.applicant or "",
    }  # fmt: skip


def _moment(at: Any, zone: Any, language: str) -> str:
    return "" if at is None else i18n.moment(at, zone, language)
