"""A reading laid out in one language: its sections in order, sources, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ops_center import i18n
from ops_center.domain.working_days import local_day
from ops_center.mail import league, news, pictures, words
from ops_center.mail.edition import Block, Cell, Column, Edition, Table
from ops_center.mail.links import Links
from ops_center.mail.words import said
from ops_center.metrics import plan
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.lines import ENOUGH
from ops_center.metrics.scope import DAY
from ops_center.metrics.tiles import SPAN
from ops_center.store.subscriptions import SECTIONS
from ops_center.store.wards import UNASSIGNED

if TYPE_CHECKING:
    from datetime import date

    from ops_center.mail.findings import Findings
    from ops_center.mail.reading import Figure, Owned, Reading, Standing
    from ops_center.metrics.dossiers import Listed
    from ops_center.metrics.pace import Pace
    from ops_center.metrics.plan import Item

MOST_OWNERS = 10
MOST_HUBS = 12
"""A scope of so few hubs has them all in one table, however few dossiers each has."""
MOST_ITEMS = 10


def laid_out(
    reading: Reading, findings: Findings, language: str, public_url: str = ""
) -> Edition:
    """The edition: every asked-for section is there, or is named as missing."""
    links = Links(reading, public_url, language)
    missing = findings.missing_sections
    blocks = tuple(
        _block(name, reading, language, links)
        for name in SECTIONS if name in reading.sections and name not in missing
    )  # fmt: skip
    return Edition(
        language=language,
        direction=i18n.direction(language),
        subject=news.subject(reading, language, stale=bool(findings.stale_sources),
                             missing=bool(missing or findings.blank_pictures)),
        title=words.place(reading, language),
        subtitle=_subtitle(reading, language),
        warnings=tuple(_warnings(reading, findings, language)),
        news=news.sentences(reading, language),
        blocks=blocks,
        sources=_sources(reading, findings, language),
        foot=tuple(_foot(reading, language)),
        missing=(*missing, *(f"picture-{one}" for one in findings.blank_pictures)),
    )  # fmt: skip


def _subtitle(reading: Reading, language: str) -> str:
    """The day, the campaign's day, a holiday's name."""
    today = reading.today
    parts = [f"{i18n.weekday(today, language)} {words.day(today, language)}"]
    day = reading.campaign_day
    if day is not None and reading.campaign is not None and day.phase == "running":
        parts.append(said("letter.campaign_day", language, name=reading.campaign.name,
                          n=i18n.number(day.n, language), days=i18n.number(day.days, language)))
    return " · ".join(parts)


def _warnings(reading: Reading, findings: Findings, language: str) -> Iterable[str]:
    """The first lines: what in this letter is old, and what is not in it."""
    for source in findings.stale_sources:
        yield said("letter.warning.stale", language, name=source.name,
                   at=words.moment(reading, source.last_heard_at, language))  # fmt: skip
    if findings.revision_behind:
        yield said("letter.warning.behind", language,
                   at=words.moment(reading, reading.waiting_since, language))  # fmt: skip
    if findings.missing_sections or findings.blank_pictures:
        names = [said(f"letter.section.{one}", language) for one in findings.missing_sections]
        names += [said(f"letter.picture_of.{one}", language) for one in findings.blank_pictures]
        yield said("letter.warning.missing", language,
                   names=i18n.text("letter.comma", language).join(names))  # fmt: skip


def _sources(reading: Reading, findings: Findings, language: str) -> Table:
    """Each source and how fresh it is."""
    rows = tuple(
        (
            Cell(source.name, own=True),
            Cell(words.moment(reading, source.last_heard_at, language), own=True),
            Cell(said(f"letter.source.{state}", language),
                 state={"fresh": "good", "late": "watch", "stale": "bad"}.get(state, "none")),
        )
        for source, state in findings.sources
    )  # fmt: skip
    return Table("sources", said("letter.sources", language), _columns(
        language, "source", "heard", "state"), rows)  # fmt: skip


def _foot(reading: Reading, language: str) -> Iterable[str]:
    yield said("letter.foot.as_of", language, at=words.moment(reading, reading.as_of, language),
               revision=str(reading.revision.number),
               summed=words.moment(reading, reading.revision.at, language))  # fmt: skip
    if reading.ward.illustrative:
        yield said("letter.foot.illustrative", language)
    yield said("letter.foot.automatic", language, ward=reading.ward.name)


def _count(n: float | None, language: str, state: str = "") -> Cell:
    """A whole number."""
    return Cell(i18n.number(n, language), own=True, state=state, value=n)


def _share(value: float | None, language: str, digits: int = 1, **more: str) -> Cell:
    """A ratio, in percent."""
    return Cell(i18n.percent(value, language, digits), own=True, value=value, share=True, **more)


def _date(value: date | None, language: str, note: str = "") -> Cell:
    return Cell(words.short_day(value, language), own=True, value=value, note=note)


def _columns(language: str, *names: str) -> tuple[Column, ...]:
    """A name with "#" before it heads numbers."""
    return tuple(
        Column(said(f"letter.column.{name.lstrip('#')}", language), name.startswith("#"))
        for name in names
    )


def _block(name: str, reading: Reading, language: str, links: Links) -> Block:
    return _BLOCKS[name](reading, language, links)


# ---------------------------------------------------------------- the numbers


def _numbers(reading: Reading, language: str, links: Links) -> Block:
    figures = reading.figures or ()
    rows = tuple(_number_row(reading, one, language, links) for one in figures)
    columns = _columns(language, "figure", "#now", "#yesterday", "#change", "#target")
    table = Table("numbers", "", columns, rows)
    return Block(
        "numbers", said("letter.section.numbers", language), tables=(table,),
        notes=(_how_compared(reading, language),),
        link=links.explore(), link_words=said("letter.open", language),
    )  # fmt: skip


def _how_compared(reading: Reading, language: str) -> str:
    kind = "whole" if reading.finished else "so_far"
    return said(f"letter.compared.{kind}", language,
                day=words.short_day(reading.told, language),
                before=words.short_day(reading.before, language),
                time=i18n.clock(reading.as_of, reading.ward.zone, language))  # fmt: skip


def _number_row(
    reading: Reading, figure: Figure, language: str, links: Links
) -> tuple[Cell, ...]:
    metric = METRICS[figure.name]
    tendency = words.tendency(figure)
    target = Cell("", own=True)
    if metric.target is not None:
        sign = "≥" if metric.better == "up" else "≤"
        target = Cell(
            f"{sign}\u00a0{words.aim(reading, figure.name, metric.target, language)}",
            note=words.state_word(figure.state, language), state=figure.state, own=True,
            value=metric.target, share=metric.unit == "ratio",
        )  # fmt: skip
    share = metric.unit == "ratio"
    return (
        Cell(said(f"metrics.{figure.name}.name", language),
             note=_period(reading, figure, language), href=_way(reading, figure, links)),
        Cell(words.value(reading, figure.name, figure.now.value, language), own=True,
             state=figure.state if figure.state != "none" else "",
             value=figure.now.value, share=share),
        Cell(words.value(reading, figure.name, figure.before.value, language), own=True,
             value=figure.before.value, share=share),
        Cell(words.change(reading, figure, language), own=True,
             note=said(f"letter.tendency.{tendency}", language) if tendency else "",
             state={"better": "good", "worse": "bad"}.get(tendency, ""),
             value=figure.change, share=share),
        target,
    )  # fmt: skip


def _period(reading: Reading, figure: Figure, language: str) -> str:
    if figure.kind == "flow":
        if reading.finished:
            return said("letter.period.day", language, day=words.short_day(reading.told, language))
        return said("letter.period.so_far", language,
                    time=i18n.clock(reading.as_of, reading.ward.zone, language))  # fmt: skip
    if figure.kind == "stock":
        return said("letter.period.now", language)
    n = figure.now.denominator or 0
    return said("letter.period.rate", language, days=i18n.number(SPAN, language),
                n=i18n.number(n, language))  # fmt: skip


def _way(reading: Reading, figure: Figure, links: Links) -> str:
    """The dossiers behind the number."""
    if figure.kind == "flow":
        return links.explore(first=reading.told, last=reading.told, metric=figure.name,
                             rows=figure.name)  # fmt: skip
    return links.explore(first=reading.today - (SPAN - 1) * DAY, last=reading.today,
                         metric=figure.name, rows=figure.name)  # fmt: skip


# ---------------------------------------------------------------- overdue


def _overdue(reading: Reading, language: str, links: Links) -> Block:
    overdue = reading.overdue
    assert overdue is not None
    title = said("letter.section.overdue", language)
    link = links.explore(first=reading.today - (SPAN - 1) * DAY, last=reading.today,
                         rows="overdue", metric="overdue")  # fmt: skip
    if overdue.total == 0:
        return Block("overdue", title, lead=(said("letter.overdue.none", language),))
    owners = [one for one in overdue.owners if one.overdue]
    notes = []
    if len(owners) > MOST_OWNERS:
        rest = sum(one.overdue for one in owners[MOST_OWNERS:])
        notes.append(said("letter.overdue.more_owners", language,
                          n=i18n.number(len(owners) - MOST_OWNERS, language),
                          overdue=i18n.number(rest, language)))  # fmt: skip
    if overdue.counted:
        notes.append(said("letter.overdue.counted", language,
                          n=i18n.number(overdue.counted, language)))  # fmt: skip
    tables = (
        Table("owners", said("letter.overdue.owners", language),
              _columns(language, "official", "#overdue", "#due_soon"),
              tuple(_owner_row(reading, one, language, links) for one in owners[:MOST_OWNERS])),
        Table("oldest", said("letter.overdue.oldest", language),
              _columns(language, "dossier", "official", "hub", "#due"),
              tuple(_dossier_row(reading, row, language, links) for row in overdue.rows)),
    )  # fmt: skip
    return Block(
        "overdue", title,
        lead=(said("letter.overdue.lead", language, n=i18n.number(overdue.total, language),
                   owners=i18n.number(sum(one.official_id is not None for one in owners), language),
                   hubs=i18n.number(news.hubs_with_overdue(reading), language)),),
        tables=tuple(one for one in tables if one.rows), notes=tuple(notes),
        link=link, link_words=said("letter.overdue.open", language),
    )  # fmt: skip


def _owner_row(reading: Reading, one: Owned, language: str, links: Links) -> tuple[Cell, ...]:
    link = links.explore(first=reading.today - (SPAN - 1) * DAY, last=reading.today,
                         official=one.official_id or "none", rows="overdue")  # fmt: skip
    person = reading.lists.person_by_id.get(one.official_id or "")
    return (
        Cell(words.person(reading, one.official_id, language), own=True, href=link,
             note=person.unit if person else ""),
        _count(one.overdue, language, "bad"),
        _count(one.due_soon, language),
    )  # fmt: skip


def _dossier_row(reading: Reading, row: Listed, language: str, links: Links) -> tuple[Cell, ...]:
    procedure = reading.lists.procedure_by_id.get(row.procedure_id)
    due = local_day(row.due_at, reading.ward.zone) if row.due_at else None
    late = reading.calendar.working_days(due + DAY, reading.today + DAY) if due else 0
    return (
        Cell(row.code, note=procedure.name if procedure else row.procedure_id, own=True,
             href=links.dossier(row)),
        Cell(words.person(reading, row.official_id, language), own=True),
        Cell(_hub_short(reading, row.hub_id, language), own=True),
        _date(due, language, _lateness(late, language)),
    )  # fmt: skip


def _lateness(days: int, language: str) -> str:
    """What is overdue is late, also before the first working day is over."""
    if not days:
        return said("letter.overdue.hours", language)
    return said("letter.overdue.days", language, count=days, n=i18n.number(days, language))


def _hub_short(reading: Reading, hub_id: str, language: str) -> str:
    hub = reading.lists.hub_by_id.get(hub_id)
    if hub is None or hub_id == UNASSIGNED:
        return words.hub_name(reading, hub_id, language)
    return hub.code


# ---------------------------------------------------------------- campaign


def _campaign(reading: Reading, language: str, links: Links) -> Block:
    board, title = reading.board, said("letter.section.campaign", language)
    if board is None:
        return Block("campaign", title, lead=(said("letter.campaign.none", language),))
    phase = board.day.phase
    lead = said(f"letter.campaign.{phase}", language, name=board.campaign.name,
                n=i18n.number(board.day.n, language), days=i18n.number(board.day.days, language),
                first=words.day(board.campaign.starts_on, language),
                last=words.day(board.campaign.ends_on, language))  # fmt: skip
    rows = tuple(_pace_row(pace, reading, language) for pace in board.paces)
    columns = _columns(language, "indicator", "#reached", "#against_plan", "#end", "#outlook")
    how = said("letter.campaign.how", language, share=i18n.percent(0.8, language, 0))
    tables = [Table("campaign", "", columns, rows)] if rows else []
    hubs = [*league.tables(reading, language, links)]
    notes = [how] if rows else []
    if hubs:
        notes.append(said("letter.league.how", language))
    return Block(
        "campaign", title, lead=(lead,) if rows else (lead, said("letter.campaign.no_indicators",
                                                                language)),
        tables=(*tables, *hubs),
        picture=pictures.drawn(reading, language).get("burnup"),
        notes=tuple(notes),
        link=links.campaign(), link_words=said("letter.campaign.open", language),
    )  # fmt: skip


def _pace_row(pace: Pace, reading: Reading, language: str) -> tuple[Cell, ...]:
    target = words.target_of_pace(pace, language)
    return (
        Cell(pace.indicator.words(language), note=_rhythm(pace, language)),
        Cell(words.of_pace(pace, pace.now, language), own=True, value=pace.now,
             share=pace.indicator.kind == "ratio",
             note=said("letter.campaign.of", language, target=target)
             if pace.target is not None else ""),
        Cell(words.gap_of_pace(pace, language), own=True,
             note=words.pace_word(reading, pace.state, language), state=pace.state,
             value=words.over_plan(pace), share=pace.indicator.kind == "ratio"),
        *_outlook(pace, reading.today, language),
    )  # fmt: skip


def _rhythm(pace: Pace, language: str) -> str:
    """What is done lately, and what is needed from now on."""
    if pace.needed is None or pace.indicator.kind == "level":
        return ""
    if pace.indicator.kind == "ratio":
        if pace.needed > 1:
            return said("letter.campaign.out_of_reach", language)
        return said("letter.campaign.needed_share", language,
                    needed=i18n.percent(max(pace.needed, 0), language),
                    lately=i18n.percent(pace.lately, language))  # fmt: skip
    needed = words.of_day(max(pace.needed, 0), language)
    if pace.lately is None:
        return said("letter.campaign.needed_silent", language, needed=needed)
    return said("letter.campaign.needed", language, needed=needed,
                lately=words.of_day(pace.lately, language))  # fmt: skip


def _outlook(pace: Pace, today: date, language: str) -> tuple[Cell, Cell]:
    """Where it is heading: the middle with its band, and how likely the target is kept."""
    ahead = pace.forecast
    if ahead is None or not ahead.middle:
        note = said("letter.campaign.no_forecast", language)
        return Cell(i18n.MISSING, own=True, note=note), Cell(i18n.MISSING, own=True)
    low, middle, high = (
        words.of_pace(pace, part[-1], language) for part in (ahead.low, ahead.middle, ahead.high)
    )
    end = Cell(middle, note=f"{low}\u00a0– {high}", own=True, value=ahead.middle[-1],
               share=pace.indicator.kind == "ratio")  # fmt: skip
    if ahead.probability is None:
        return end, Cell(i18n.MISSING, own=True)
    if ahead.reached_on is not None:
        note = _on_target(pace, ahead.reached_on, today, language)
    else:
        kind = "exceeds" if pace.indicator.lower_is_better else "lacks"
        note = said(f"letter.campaign.{kind}", language, n=words.lack_of_pace(pace, language))
    sure = _rises(pace) and words.keeps_target(pace)
    chance = i18n.percent(1, language, 0) if sure else words.chance(ahead.probability, language)
    return end, Cell(chance, own=True, note=note,
                     value=ahead.probability, share=True)  # fmt: skip


def _rises(pace: Pace) -> bool:
    return pace.indicator.kind == "count" and not pace.indicator.lower_is_better


def _on_target(pace: Pace, since: date, today: date, language: str) -> str:
    """What is summed up is reached once; a share or a level can be lost again, and a limit holds
    only when the last day is over."""
    rising = _rises(pace)
    if words.keeps_target(pace) and since <= today:
        return said(f"letter.campaign.{'reached_on' if rising else 'held_since'}", language,
                    day=words.short_day(since, language))  # fmt: skip
    return said(f"letter.campaign.{'expected_on' if rising else 'expected_from'}", language,
                day=words.short_day(max(since, today), language))  # fmt: skip


# ---------------------------------------------------------------- hubs, plan, map


def _hubs(reading: Reading, language: str, links: Links) -> Block:
    hubs, title = reading.hubs, said("letter.section.hubs", language)
    assert hubs is not None
    link, words_of_link = links.hubs(), said(
        f"letter.hubs.open{'_own' if reading.hub_ids else ''}", language)
    by_id = {str(one.hub.id): one for one in hubs.standings}
    if len(by_id) <= MOST_HUBS:
        order = sorted(hubs.standings, key=lambda one: (
            -one.overdue, 1.0 if one.on_time.value is None else one.on_time.value,
            one.hub.sort_key))  # fmt: skip
        table = _hub_table(reading, "hubs", "all", order, language, links)
        return Block("hubs", title, tables=(table,), link=link, link_words=words_of_link,
                     notes=(said("letter.hubs.how", language),))  # fmt: skip
    if not hubs.best:
        return Block("hubs", title, lead=(said("letter.hubs.too_few", language,
                                               n=i18n.number(ENOUGH, language)),))  # fmt: skip
    tables = tuple(
        _hub_table(reading, name, name, [by_id[one] for one in ids], language, links)
        for name, ids in (("worst", hubs.worst), ("best", hubs.best)) if ids
    )  # fmt: skip
    ranked = sum((one.on_time.denominator or 0) >= ENOUGH for one in hubs.standings)
    return Block(
        "hubs", title, tables=tables, link=link, link_words=words_of_link,
        notes=(said("letter.hubs.ranked", language, n=i18n.number(ranked, language),
                    of=i18n.number(len(by_id), language), least=i18n.number(ENOUGH, language)),),
    )  # fmt: skip


def _hub_table(
    reading: Reading, name: str, caption: str, standings: Iterable[Standing], language: str,
    links: Links,
) -> Table:  # fmt: skip
    target = METRICS["on_time_rate"]
    rows = []
    for one in standings:
        state = _judged(one.on_time.value, target.target, target.watch)
        rows.append((
            Cell(words.hub_name(reading, str(one.hub.id), language), own=True,
                 note="" if one.hub.id == UNASSIGNED else one.hub.code,
                 href="" if one.hub.id == UNASSIGNED else links.hub(one.hub.code)),
            _share(one.on_time.value, language, state=state,
                   note=words.state_word(state, language)),
            _count(one.on_time.denominator, language),
            _count(one.overdue, language, "bad" if one.overdue else ""),
            _share(one.online.value, language, 0),
        ))  # fmt: skip
    columns = _columns(language, "hub", "#on_time", "#n", "#overdue", "#online")
    return Table(name, said(f"letter.hubs.{caption}", language), columns, tuple(rows))


def _judged(value: float | None, target: float | None, watch: float | None) -> str:
    if value is None or target is None or watch is None:
        return "none"
    return "good" if value >= target else "watch" if value >= watch else "bad"


def _plan(reading: Reading, language: str, links: Links) -> Block:
    items, title = reading.plan or (), said("letter.section.plan", language)
    if not items:
        return Block("plan", title, lead=(said("letter.plan.empty", language),))
    standing = plan.standing(items)
    lead = said("letter.plan.lead", language, n=i18n.number(standing.items, language),
                done=i18n.number(standing.done, language),
                late=i18n.number(standing.late, language),
                unowned=i18n.number(standing.unowned, language))  # fmt: skip
    pressing = [one for one in items if one.late or one.unowned]
    table = Table("plan", said("letter.plan.pressing", language),
                  _columns(language, "item", "owner", "#deadline", "#progress"),
                  tuple(_item_row(one, language) for one in pressing[:MOST_ITEMS]))  # fmt: skip
    rest = len(pressing) - MOST_ITEMS
    return Block(
        "plan", title, lead=(lead,), tables=(table,) if pressing else (),
        notes=(said("letter.plan.more", language, n=i18n.number(rest, language)),)
        if rest > 0 else (),
        link=links.page("/plan"), link_words=said("letter.plan.open", language),
    )  # fmt: skip


def _item_row(item: Item, language: str) -> tuple[Cell, ...]:
    late = item.days_late
    owner = item.owner.name if item.owner else said("letter.plan.nobody", language)
    return (
        Cell(item.content, note=item.code),
        Cell(owner, own=True, state="bad" if item.unowned else "",
             note=item.owner.unit if item.owner and item.owner.active else
             said("letter.plan.left", language) if item.owner else ""),
        _date(item.due_on, language,
              said("letter.plan.days_late", language, count=late, n=i18n.number(late, language))
              if item.late else ""),
        Cell(i18n.percent(item.progress / 100, language, 0), own=True,
             value=item.progress / 100, share=True),
    )  # fmt: skip


def _map(reading: Reading, language: str, links: Links) -> Block:
    """The map, and as words and a table what it shows."""
    assert reading.hubs is not None
    title = said("letter.section.map", language)
    picture = pictures.drawn(reading, language).get("map")
    standings = reading.hubs.standings
    lead = said("letter.map.lead", language,
                n=i18n.number(sum(one.overdue > 0 for one in standings), language),
                of=i18n.number(len(standings), language))  # fmt: skip
    places = pictures.has_places(reading)
    notes = () if places else (said("letter.map.no_places", language),)
    listed, _ = words.overdue_by_hub(reading, language, len(standings))
    return Block("map", title, lead=(lead, *((listed,) if listed else ())), picture=picture,
                 notes=notes)  # fmt: skip


_BLOCKS = {
    "numbers": _numbers, "overdue": _overdue, "campaign": _campaign, "hubs": _hubs, "plan": _plan,
    "map": _map,
}  # fmt: skip
