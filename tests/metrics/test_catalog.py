"""The catalogue is complete and speaks only of things that exist."""

import pytest

from ops_center import i18n
from ops_center.metrics.catalog import ATOMS, MEASURES, METRICS, STATES, atoms, formula
from ops_center.store import tables


def test_every_column_of_the_roll_ups_is_a_measure_and_no_other() -> None:
    assert tuple(measure.name for measure in MEASURES) == tables.FLOWS


def test_every_day_of_a_measure_has_an_index_that_begins_with_ward_day_hub() -> None:
    for measure in MEASURES:
        wanted = ["ward_id", measure.day.name, "hub_id"]
        indexed = [list(index.columns.keys())[:3] for index in measure.table.indexes]
        assert wanted in indexed, measure.name


def test_a_state_is_entered_and_left_by_measures() -> None:
    names = {measure.name for measure in MEASURES}
    for state in STATES:
        assert {*state.entering, *state.leaving} <= names


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_made_of_measures_and_states(name: str) -> None:
    assert atoms(METRICS[name]) <= ATOMS


@pytest.mark.parametrize("name", METRICS)
def test_a_threshold_lies_on_the_wrong_side_of_its_target(name: str) -> None:
    metric = METRICS[name]
    if metric.target is None:
        assert metric.watch is None
    elif metric.watch is not None:
        assert (metric.watch < metric.target) == (metric.better == "up")


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_metric_has_its_words_in_every_language(name: str, language: str) -> None:
    for part in ("name", "short", "description"):
        assert i18n.text(f"metrics.{name}.{part}", language).strip()


def test_terms_of_a_formula_that_cancel_out_are_gone() -> None:
    assert formula("received - online - received") == {"online": -1}


def test_an_amount_in_a_formula_stands_for_its_own_formula() -> None:
    assert formula("to_process - late") == {"carried": 1, "received": 1, "late": -1}


def test_an_unknown_word_in_a_formula_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing_known is no measure"):
        formula("early + nothing_known")
