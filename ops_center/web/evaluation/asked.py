"""What an address of the evaluation asks for: rules, period, whom – and what of it was dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops_center import i18n
from ops_center.domain.evaluation import KINDS, Kind, Rules
from ops_center.i18n import Problem
from ops_center.metrics.choice import Choice, called, choose, subject_of
from ops_center.metrics.evaluation import WARD
from ops_center.metrics.evaluation_sources import Asked
from ops_center.metrics.scheme import read_rules
from ops_center.web import shell

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.settings import Settings
    from ops_center.web.desk import Query
    from ops_center.web.known import Known

PATH = "/evaluation"
BOOK, PAPER = "/export/evaluation.xlsx", "/paper/evaluation"


@dataclass(frozen=True)
class Place:
    """Whom the page is about, by which rules, in which period. `subject` None: everybody whom
    the rules compare; `notes`: what was dropped of the address, in words."""

    known: Known
    kind: Kind
    choice: Choice
    subject: str | None
    notes: tuple[str, ...]
    language: str

    @property
    def rules(self) -> Rules:
        return self.choice.rules

    @property
    def name(self) -> str:
        """What the subject is called; the ward's name for everybody."""
        return called(self.subject or WARD, self.known.ward, self.known.lists)

    def asked(self, connection: Connection, subject: str) -> Asked:
        """The question for one subject's rows."""
        return Asked(
            connection, self.known.ward, self.rules, self.choice.period, (subject,),
            self.known.now, self.choice.campaign_id,
        )  # fmt: skip

    def question(self, subject: str | None = None, **changes: str) -> dict[str, str]:
        """The address's own part, for that subject (None: this one)."""
        kind = "" if self.kind == "boards" else self.kind
        told = {"kind": kind, "rules": changes.pop("rules", "")}
        told |= {"period": self.choice.period.spelled}
        told |= spelled_subject(self.subject if subject is None else subject, self.known)
        return {name: value for name, value in (told | changes).items() if value}

    def way(
        self, query: Query, path: str = PATH, subject: str | None = None, **changes: str
    ) -> str:
        """The address of a page of the evaluation, in the same language and theme."""
        if query.get("rules") and "kind" not in changes:
            changes.setdefault("rules", self.rules.code)
        return shell.way(query, path, **self.question(subject, **changes))


def spelled_subject(subject: str | None, known: Known) -> dict[str, str]:
    """A hub by its code, a person by id, as an address names them."""
    kind, _, id_ = (subject or "").partition(":")
    if kind == "hub" and id_ in known.lists.hub_by_id:
        return {"hub": known.lists.hub_by_id[id_].code}
    return {"person": id_} if kind == "person" else {}


def place_of(
    connection: Connection, known: Known, query: Mapping[str, str], settings: Settings,
    language: str,
) -> Place:  # fmt: skip
    """What the address means; what is not known of it is dropped and said. Problem only where
    nothing is left to show: no campaign, or no rules for today."""
    all_rules = read_rules(settings.rules_folder)
    notes: list[str] = []
    kind = _kind(query, all_rules, notes, language)
    choice = _choice(connection, known, query, all_rules, kind, notes, language)
    subject = _subject(known, query, choice.rules.kind, notes, language)
    return Place(known, choice.rules.kind, choice, subject, tuple(notes), language)


def _kind(
    query: Mapping[str, str], all_rules: Sequence[Rules], notes: list[str], language: str
) -> Kind:
    named = next((one.kind for one in all_rules if one.code == query.get("rules")), None)
    if named:
        return named
    wanted = query.get("kind", "")
    found = next((kind for kind in KINDS if kind == wanted), None)
    if wanted and found is None:
        shown = "".join(letter if letter.isprintable() else "·" for letter in wanted[:40])
        notes.append(i18n.text("address.unknown", language, name="kind", value=shown))
    return found or "boards"


def _choice(
    connection: Connection, known: Known, query: Mapping[str, str], all_rules: Sequence[Rules],
    kind: Kind, notes: list[str], language: str,
) -> Choice:  # fmt: skip
    tried = ({"code": query.get("rules", ""), "spelled": query.get("period", "")},
             {"spelled": query.get("period", "")})  # fmt: skip
    for wanted in tried:
        try:
            return choose(connection, known.ward, all_rules, known.today, kind=kind, **wanted)
        except Problem as problem:
            if not any(wanted.values()):
                raise
            said = problem.text(language)
            if said not in notes:
                notes.append(said)
    return choose(connection, known.ward, all_rules, known.today, kind=kind)


def _subject(
    known: Known, query: Mapping[str, str], kind: Kind, notes: list[str], language: str
) -> str | None:
    hub = query.get("hub", "") if kind != "official" else ""
    person = query.get("person", "") if kind == "official" else ""
    if hub or person:
        try:
            return subject_of(known.lists, hub, person)
        except Problem as problem:
            notes.append(problem.text(language))
    return WARD if kind == "boards" else None
