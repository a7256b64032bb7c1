"""Rule files: those that come with the program are right, and a wrong one says what to mend."""

from datetime import date
from pathlib import Path

import pytest

from ops_center.i18n import LANGUAGES, Problem
from ops_center.material import folder
from ops_center.metrics.scheme import find_rules, read_rules, rules_for

SHIPPED = folder("db") / "rules" / "qd766-2022.toml"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with one small rule file."""
    (tmp_path / "own.toml").write_text(SMALL, "utf-8")
    return tmp_path


NAME = '{ vi = "Tên", en = "Name", ar = "اسم" }'
SMALL = f"""
code = "own"
kind = "boards"
name = {NAME}

[[board]]
code = "one"
maximum = 10
name = {NAME}

[[board.indicator]]
code = "a"
maximum = 6
metric = "on_time_rate"
name = {NAME}

[[board.indicator]]
code = "b"
maximum = 4
dossiers = {{ numerator = "early", denominator = "early + on_time" }}
name = {NAME}
"""


def test_the_scheme_of_the_decision_has_its_six_boards_and_a_hundred_points() -> None:
    rules = find_rules(read_rules(), "qd766-2022")
    assert [board.maximum for board in rules.boards] == [18, 20, 12, 10, 22, 18]
    assert rules.maximum == 100
    assert [one.maximum for one in rules.indicators] == [
        6, 4, 2, 6, 20, 2, 4, 6, 6, 2, 2, 6, 4, 2, 4, 2, 2, 2, 6, 6, 6,
    ]  # fmt: skip
    thresholds = {one.code: one.threshold for one in rules.indicators if one.threshold}
    assert thresholds == {
        "online_coverage": 0.8, "online_dossiers": 0.5, "payment_used": 0.8,
        "payment_offered": 0.8, "reused": 0.8, "dossier_satisfaction": 0.9,
    }  # fmt: skip
    empties = {one.code: one.empty for one in rules.indicators if one.empty != "null"}
    assert empties == {
        "petitions_on_time": "full", "petitions_handled": "full", "dossier_satisfaction": "zero",
    }  # fmt: skip


def test_every_shipped_file_is_read_and_every_kind_is_there() -> None:
    assert {rules.kind for rules in read_rules()} == {"boards", "campaign", "official"}
    assert {path.stem for path in SHIPPED.parent.glob("*.toml")} == {
        rules.code for rules in read_rules()
    }


def test_a_ward_s_own_folder_stands_in_for_the_shipped_one(own: Path) -> None:
    assert [rules.code for rules in read_rules(str(own))] == ["own"]


def test_another_byte_is_another_rule(own: Path) -> None:
    before = read_rules(str(own))[0].digest
    (own / "own.toml").write_text(SMALL + "# later", "utf-8")
    assert read_rules(str(own))[0].digest != before


def test_the_latest_rules_that_were_valid_on_a_day_hold_for_it(own: Path) -> None:
    newer = SMALL.replace('code = "own"', 'code = "newer"\nvalid_from = 2026-07-01')
    (own / "newer.toml").write_text(newer, "utf-8")
    rules = read_rules(str(own))
    days = (date(2026, 6, 30), date(2026, 7, 1))
    assert [getattr(rules_for(rules, "boards", day), "code", "") for day in days] == [
        "own", "newer",
    ]  # fmt: skip
    assert rules_for(rules, "campaign", days[0]) is None


WRONG = {
    "a key that is none": ("maximum = 6", "maximun = 6\nmaximum = 6", "maximun"),
    "a missing name": (f'metric = "on_time_rate"\nname = {NAME}', 'metric = "on_time_rate"',
                       "board.one.indicator.a.name"),
    "a missing language": ('en = "Name", ', "", "name.en"),
    "no points": ("maximum = 6\n", "", "board.one.indicator.a.maximum"),
    "points in words": ("maximum = 6", 'maximum = "six"', "board.one.indicator.a.maximum"),
    "points that do not add up": ("maximum = 10", "maximum = 11", "board.one.maximum"),
    "a threshold in percent": ("maximum = 6", "maximum = 6\nthreshold = 80", "threshold"),
    "a metric that is none": ('"on_time_rate"', '"on_time_ratee"', "metric"),
    "a metric that is no ratio": ('"on_time_rate"', '"received"', "metric"),
    "two sources": ('metric = "on_time_rate"', 'metric = "on_time_rate"\ninput = true', "metric"),
    "no source": ('metric = "on_time_rate"', "", "board.one.indicator.a.?"),
    "a measure that is none": ('"early + on_time"', '"early + ontime"', "denominator"),
    "an empty formula": ('numerator = "early"', 'numerator = "+"', "numerator"),
    "two denominators": ('denominator = "early', 'full_at = 3, denominator = "early', "full_at"),
    "an empty of another kind": ("maximum = 6", 'maximum = 6\nempty = "half"', "empty"),
    "somebody else's subject": ("maximum = 6", 'maximum = 6\nsubjects = ["person"]', "subjects"),
    "a form without its threshold": ("maximum = 6", 'maximum = 6\nform = "reached"', "threshold"),
    "a form without its steps": ("maximum = 6", 'maximum = 6\nform = "steps"', "steps"),
    "steps that rise": ("maximum = 6",
                        'maximum = 6\nform = "steps"\nsteps = [[0.5, 1], [0.9, 1]]', "steps"),
    "a source of another kind of rules": ('metric = "on_time_rate"', 'campaign = "pace"',
                                          "campaign"),
    "the same code twice": ('code = "b"', 'code = "a"', "indicator.a"),
    "another kind": ('kind = "boards"', 'kind = "board"', "kind"),
    "no code": ('code = "own"\n', "", "code"),
    "a day in words": ('kind = "boards"', 'kind = "boards"\nvalid_from = "2026"', "valid_from"),
    "no TOML": ("[[board]]", "[[board]", ""),
    "rising grades": ("[[board]]\ncode", f"""[[grade]]
code = "a"
share = 0.5
name = {NAME}
[[grade]]
code = "b"
share = 0.6
name = {NAME}
[[board]]
code""", "grade.b.share"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_is_refused_with_file_key_and_remedy_in_each_language(
    own: Path, what: str
) -> None:
    right, wrong, key = WRONG[what]
    assert right in SMALL
    (own / "own.toml").write_text(SMALL.replace(right, wrong, 1), "utf-8")
    with pytest.raises(Problem) as caught:
        read_rules(str(own))
    said = {language: caught.value.text(language) for language in LANGUAGES}
    assert len(set(said.values())) == 3
    for sentence in said.values():
        assert str(own / "own.toml") in sentence
        assert key in sentence


def test_a_folder_without_rules_and_two_files_of_one_code_are_refused(own: Path) -> None:
    (own / "again.toml").write_text(SMALL, "utf-8")
    with pytest.raises(Problem, match=r"own\.toml.*code own is taken by.*again\.toml"):
        read_rules(str(own))
    with pytest.raises(Problem, match="no rule file"):
        read_rules(str(own / "nothing"))


def test_the_shipped_scheme_spoilt_in_any_single_key_is_refused(tmp_path: Path) -> None:
    told = SHIPPED.read_text("utf-8")
    lines = [n for n, line in enumerate(told.splitlines()) if " = " in line and line[0] != "#"]
    for place in lines[::7]:
        spoilt = told.splitlines()
        spoilt[place] = "zz" + spoilt[place]
        (tmp_path / "spoilt.toml").write_text("\n".join(spoilt), "utf-8")
        with pytest.raises(Problem):
            read_rules(str(tmp_path))
