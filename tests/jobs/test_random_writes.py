"""Whatever is written, by whoever, and whoever sums it: in the end the sums are the facts."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ops_center.i18n import Problem
from ops_center.jobs.refresh import Refresher
from tests.jobs.world import WRITES, Hands, Writer, new_ward, refresher
from tests.store.ward_of_two import assert_right, rebuild

# Both refreshers step; both clocks go on past a lease; or only the second one's does, as if the
# first had been paused.
_STEPS = ("first", "second", "both_later", "second_later")
_operations = st.lists(
    st.tuples(st.sampled_from(WRITES + _STEPS * 2), st.integers(0, 30), st.integers(0, 30)),
    min_size=10,
    max_size=40,
)


# Shrinking a failure would take minutes, each example being a ward in a real database.
@settings(max_examples=12, phases=(Phase.explicit, Phase.generate))
@given(_operations)
def test_in_any_order_of_writes_and_rounds_the_sums_are_the_facts(
    engine: Engine, operations: list[tuple[str, int, int]]
) -> None:
    ward_id = new_ward(engine)
    writer, one, two = Writer(engine, ward_id), Hands(), Hands()
    first = refresher(engine, ward_id, "first", one, most=3)
    second = refresher(engine, ward_id, "second", two)
    moves: dict[str, Callable[[], object]] = {
        "first": first.step,
        "second": second.step,
        "both_later": lambda: [clock.forward(11) for clock in (one, two)],
        "second_later": lambda: two.forward(11),
    }
    for name, n, m in operations:
        if name in moves:
            moves[name]()
        else:
            writer.do(name, n, m)
    one.at = two.at = max(one.at, two.at)
    two.forward(60)
    _finish(second)
    assert_right(engine, ward_id)
    rebuild(engine, ward_id, dues=True)
    assert_right(engine, ward_id, keep=False)


def _finish(last: Refresher) -> None:
    """Step until nothing waits; one more, since rules are looked at now and then only."""
    while last.step() is not None:
        pass
    assert last.holding


def test_two_writers_and_two_refreshers_at_once_leave_the_sums_right(engine: Engine) -> None:
    ward_id = new_ward(engine)
    stop, hands = threading.Event(), Hands()
    defects: list[BaseException] = []
    writers = [
        threading.Thread(target=_write, args=(engine, ward_id, seed, defects)) for seed in (1, 2)
    ]
    refreshers = [
        threading.Thread(
            target=_step, args=(refresher(engine, ward_id, name, hands, 20), hands, stop, defects)
        )
        for name in ("first", "second")
    ]
    for thread in [*writers, *refreshers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in refreshers:
        thread.join()
    assert defects == []
    hands.forward(60)
    _finish(refresher(engine, ward_id, "last", hands))
    assert_right(engine, ward_id)


def _write(engine: Engine, ward_id: str, seed: int, defects: list[BaseException]) -> None:
    chance = random.Random(seed)
    writer = Writer(engine, ward_id)
    for _ in range(60):
        try:
            writer.do(chance.choice(WRITES), chance.randrange(30), chance.randrange(30))
        except Problem as problem:
            if problem.key not in ("store.conflict", "store.locked"):
                defects.append(problem)
        except BaseException as error:
            defects.append(error)
            raise


def _step(
    one: Refresher, hands: Hands, stop: threading.Event, defects: list[BaseException]
) -> None:
    """The clock runs so fast that the lease goes to and fro."""
    while not stop.is_set():
        hands.forward(4)
        try:
            one.step()
        except Problem as problem:
            if problem.key not in ("store.conflict", "store.locked"):
                defects.append(problem)
        except BaseException as error:
            defects.append(error)
            raise
        stop.wait(0.01)
