"""Ways from a letter into the screens, with the same scope; none without a public address."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from ops_center.mail.reading import Reading
    from ops_center.metrics.dossiers import Listed

_MOST_HUBS = 200


class Links:
    """The addresses of one letter in one language; each is "" when nothing may be linked."""

    def __init__(self, reading: Reading, public_url: str, language: str) -> None:
        self._reading, self._language = reading, language
        self._root = public_url.rstrip("/")

    def explore(self, *, first: date | None = None, last: date | None = None,
                hub: str = "", **question: str) -> str:  # fmt: skip
        """The explore page of the letter's hubs, or of one hub; `first`, `last`: both inclusive."""
        if first is not None and last is not None:
            question = {"period": f"{first}..{last}", **question}
        codes = [hub] if hub else self._codes()
        if codes:
            question["hub"] = ",".join(codes[:_MOST_HUBS])
        return self._at("/explore", question)

    def hub(self, code: str) -> str:
        return self._at(f"/hub/{quote(code, safe='')}", {})

    def hubs(self) -> str:
        """All hubs; for a letter about some, these beside one another."""
        return self.explore(by="hub") if self._codes() else self.page("/hubs")

    def campaign(self, hub: str = "") -> str:
        """The campaign of the letter's hubs, or of one hub."""
        codes = [hub] if hub else self._codes()[:_MOST_HUBS]
        return self._at("/campaign", {"hubs": ",".join(codes)} if codes else {})

    def dossier(self, row: Listed) -> str:
        path = "/".join(quote(part, safe="") for part in (row.source_id, row.code))
        return self._at(f"/dossier/{path}", {})

    def page(self, path: str) -> str:
        return self._at(path, {})

    def _codes(self) -> list[str]:
        hubs = self._reading.lists.hub_by_id
        return [hubs[one].code for one in self._reading.hub_ids if one in hubs]

    def _at(self, path: str, question: dict[str, str]) -> str:
        if not self._root:
            return ""
        asked = urlencode({**question, "lang": self._language}, safe=",.:*")
        return f"{self._root}{path}?{asked}"
