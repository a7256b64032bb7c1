"""Scopes read at one instant share the campaign's ground, and say what each alone would."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, event

from ops_center.mail.letter import check, read, write
from ops_center.store.session import reading
from ops_center.store.wards import find_ward
from tests.mail.world import NOW, wish


def test_a_letter_of_a_shared_ground_is_the_letter_of_its_own(filled: Engine) -> None:
    asked = wish("en", hub_ids=("one",))
    with reading(filled) as connection:
        ward = find_ward(connection)
        first = read(connection, ward, wish("en"))
        shared, alone = read(connection, ward, asked, first), read(connection, ward, asked)
    assert first.board and shared.board and alone.board
    assert shared.board.ground is first.board.ground
    assert shared.board == alone.board
    letters = [write(one, asked, check(one, NOW, "en"), final=True) for one in (shared, alone)]
    assert letters[0] == letters[1]


def test_the_ground_of_another_moment_is_not_used(filled: Engine) -> None:
    later = NOW + timedelta(hours=1)
    with reading(filled) as connection:
        ward = find_ward(connection)
        first = read(connection, ward, wish("en"))
        second = read(connection, ward, wish("en", as_of=later), first)
    assert first.board and second.board and second.board.ground
    assert second.board.ground is not first.board.ground
    assert second.board.ground.as_of == later


def test_the_second_scope_asks_less(filled: Engine) -> None:
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *more: object) -> None:
        asked.append(statement)

    event.listen(filled, "before_cursor_execute", note)
    try:
        with reading(filled) as connection:
            ward = find_ward(connection)
            first = read(connection, ward, wish("en"))
            begun = len(asked)
            read(connection, ward, wish("en"), first)
    finally:
        event.remove(filled, "before_cursor_execute", note)
    assert len(asked) - begun < begun - 5
