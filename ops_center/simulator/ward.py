"""The demo ward: Đông Ngạc as it might be, with hubs, people and a campaign under way.

All of it is invented except the ward's name and rough outline; the ward and the source are
marked illustrative, which every screen says.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection, Engine

from ops_center.domain.working_days import local_day
from ops_center.i18n import Problem, text
from ops_center.intake.campaign_lists import List, keep
from ops_center.material import folder
from ops_center.simulator.places import areas, boundary, scatter
from ops_center.store.campaigns import Campaign, add_campaign
from ops_center.store.hubs import Hub, add_alias, add_hub
from ops_center.store.session import writing
from ops_center.store.sources import Source, add_source
from ops_center.store.wards import Ward, add_ward, list_wards

WARD = "dong-ngac"
SOURCE = "demo"
HUBS = 48
SEED = 602  # the ward's official number is 00602

_POPULATION = 83_500
_PEOPLE_IN_A_HOUSEHOLD = 3.6
_CAMPAIGN_DAYS = 45
_CAMPAIGN_AGE = timedelta(days=12)
_CAMPAIGN_TARGET = 4_800  # 2,600 a month, and a quarter more because people are helped


def plant(engine: Engine, *, until: datetime, seed: int = SEED) -> Ward:
    """The demo ward, made if it is not there; its campaign began 12 days before `until`.

    What is there already is left as it is. Problem when a real ward has that id.
    """
    with writing(engine) as connection:
        known = {ward.id: ward for ward in list_wards(connection)}.get(WARD)
        if known:
            return illustrative(known)
        ward = _ward()
        add_ward(connection, ward)
        _add_source(connection)
        _add_hubs(connection, seed)
        _add_campaign(connection, ward, until)
        return ward


def illustrative(ward: Ward) -> Ward:
    """The ward itself; Problem when it is a real one, where inventions would do harm."""
    if not ward.illustrative:
        raise Problem("simulator.real_ward", ward=ward.id)
    return ward


def _ward() -> Ward:
    return Ward(
        id=WARD,
        name="Phường Đông Ngạc",
        issuing_body="Ủy ban nhân dân phường Đông Ngạc",
        illustrative=True,
        boundary=boundary(),
    )


def _add_source(connection: Connection) -> None:
    name = text("simulator.source", "vi")
    add_source(connection, Source(WARD, SOURCE, name, illustrative=True))


def _add_hubs(connection: Connection, seed: int) -> None:
    points = scatter(HUBS, seed)
    people = _shares(_POPULATION, HUBS, Random(f"{seed}:people"))
    for number, (point, area, population) in enumerate(
        zip(points, areas(points), people, strict=True), start=1
    ):
        hub_id = f"tdp-{number:02d}"
        hub = Hub(
            ward_id=WARD,
            id=hub_id,
            code=hub_id.upper(),
            name=f"Tổ dân phố số {number}",
            longitude=point[0],
            latitude=point[1],
            area=area,
            population=population,
            households=round(population / _PEOPLE_IN_A_HOUSEHOLD),
        )
        add_hub(connection, hub)
        for alias in (hub.name, f"TDP số {number}", f"TDP {number}", f"Tổ {number}"):
            add_alias(connection, WARD, SOURCE, alias, hub_id)


def _shares(total: int, parts: int, rng: Random) -> list[int]:
    """The total in uneven parts that add up to it."""
    weights = [rng.lognormvariate(0, 0.3) for _ in range(parts)]
    scale = total / sum(weights)
    shares = [int(weight * scale) for weight in weights]
    for place in range(total - sum(shares)):
        shares[place] += 1
    return shares


def _add_campaign(connection: Connection, ward: Ward, until: datetime) -> None:
    """The shipped campaign with its people, by the door that every ward's own comes in by."""
    campaign = Campaign(
        name="45 ngày đêm hỗ trợ chuyển đổi số",
        starts_on=local_day(until, ward.zone) - _CAMPAIGN_AGE,
        days=_CAMPAIGN_DAYS,
        target=_CAMPAIGN_TARGET,
    )
    add_campaign(connection, ward.id, campaign)
    for kind in ("people", "indicators", "milestones", "plan"):
        path = folder("db") / "seeds" / "campaign" / f"{kind}.csv"
        keep(kind, connection, List(path, ward, "vi", until, SOURCE, campaign.starts_on))
