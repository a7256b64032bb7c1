"""The first sentences are computed: what is furthest from the usual comes first."""

from __future__ import annotations

from dataclasses import replace

from ops_center.mail import news
from ops_center.mail.reading import Figure, Overdue, Reading
from ops_center.metrics.number import Number
from tests.mail.conftest import Post


def amount(n: int) -> Number:
    return Number(n, n, None, "dossiers")


def flow(name: str, n: int, usual: tuple[int, ...]) -> Figure:
    return Figure(name, "flow", amount(n), amount(usual[-1]), "none", usual)


def rate(name: str, top: int, of: int, then_top: int, then_of: int, state: str = "watch") -> Figure:
    return Figure(
        name, "rate", Number(top / of, top, of, "ratio"), Number(top / of, top, of, "ratio"),
        state, earlier=Number(then_top / then_of, then_top, then_of, "ratio"),
    )  # fmt: skip


def stock(name: str, n: int, before: int) -> Figure:
    return Figure(name, "stock", amount(n), amount(before), "none")


def told(post: Post, *figures: Figure) -> Reading:
    return replace(
        post.reading, figures=figures, board=None, plan=(), finished=True,
        overdue=Overdue(0, 0, (), ()), hubs=None,
    )  # fmt: skip


CALM = (98, 102, 100, 97, 103)


def test_the_furthest_from_the_usual_is_told_first(post: Post) -> None:
    quiet = told(post, flow("received", 101, CALM), flow("done", 160, CALM))
    assert news.chosen(quiet)[0].topics == ("done",)
    assert news.sentences(quiet, "en")[0].endswith(": 160 dossiers, 60% more than usual (100).")
    busy = told(post, flow("received", 20, CALM), flow("done", 101, CALM))
    assert news.sentences(busy, "en")[0].endswith(": 20 dossiers, 80% fewer than usual (100).")


def test_something_where_there_is_usually_nothing_is_said_without_a_share(post: Post) -> None:
    first = told(post, flow("received", 79, (0, 0, 0)))
    assert news.sentences(first, "en")[0].endswith(": 79 dossiers; usually there are none.")


def test_one_dossier_is_one_dossier_in_every_language(post: Post) -> None:
    one, three = (told(post, flow("received", n, (2, 2, 2))) for n in (1, 3))
    assert ": 1 dossier, 50% fewer" in news.sentences(one, "en")[0]
    assert "معاملة واحدة" in news.sentences(one, "ar")[0]
    assert "معاملات" in news.sentences(three, "ar")[0]
    assert ": 1 hồ sơ, " in news.sentences(one, "vi")[0]


def test_a_long_place_leaves_room_for_the_news_in_the_subject(post: Post) -> None:
    ward = replace(post.reading.ward, name="Phường " + "x" * 200)
    line = news.subject(replace(post.reading, ward=ward), "en", stale=False, missing=False)
    assert len(line) < 160
    assert "… 3 Sep · day " in line


def test_a_rate_weighs_by_what_chance_alone_moves(post: Post) -> None:
    """Five points of forty dossiers are noise, of four thousand they are news."""
    small = rate("online_share", 22, 40, 20, 40)
    large = rate("cashless_share", 2200, 4000, 2000, 4000)
    reading = told(post, small, large)
    assert [one.topics[0] for one in news.chosen(reading)] == ["cashless_share", "online_share"]
    assert news.sentences(reading, "en")[0] == (
        "Cashless share over 30 days: 55.0%, up 5.0 points from the period before"
        "; 5.0 points short of the target of 60%."
    )


def test_too_few_dossiers_are_no_news(post: Post) -> None:
    assert news.chosen(told(post, rate("online_share", 20, 25, 5, 25))) == []


def test_the_second_sentence_is_what_needs_action(post: Post) -> None:
    reading = told(
        post, flow("received", 300, CALM), flow("done", 200, CALM), stock("overdue", 12, 12),
        stock("due_soon", 9, 9),
    )  # fmt: skip
    assert [one.topics[0] for one in news.chosen(reading)] == ["received", "overdue", "done"]
    second = news.sentences(reading, "en")[1]
    assert second == "Overdue and open: 12 dossiers, as many as the day before."


def test_nothing_is_told_twice(post: Post) -> None:
    chosen = news.chosen(post.reading)
    topics = [topic for one in chosen for topic in one.topics]
    assert len(chosen) == news.SENTENCES
    assert len(topics) == len(set(topics))


def test_no_overdue_dossier_is_said_as_such(post: Post) -> None:
    assert news.sentences(told(post, stock("overdue", 0, 3)), "en") == ("No dossier is overdue.",)
