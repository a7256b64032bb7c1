"""What is wrong with one row: where, what, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from ops_center import i18n


@dataclass(eq=False)  # not frozen: Python writes the traceback into an exception
class Fault(Exception):
    """A cell that cannot be taken in. `key` names the words `intake.reject.<key>.*`."""

    key: str
    column: str = ""
    value: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def at(self, column: str, value: str) -> Fault:
        """The same fault with the place where it was found."""
        return Fault(self.key, self.column or column, self.value or value, self.values)

    def reason(self, language: str, zone: tzinfo) -> str:
        """Why the row was rejected; times are shown in `zone`."""
        return self._words(f"intake.reject.{self.key}.reason", language, zone)

    def remedy(self, language: str, zone: tzinfo) -> str:
        """What the reader can do about it."""
        return self._words(f"intake.reject.{self.key}.remedy", language, zone)

    def list_remedy(self, language: str, zone: tzinfo) -> str:
        """What can be done about it in a list, which has no mapping file and no aliases."""
        own = f"intake.reject.{self.key}.list_remedy"
        if not i18n.has(own):
            return self.remedy(language, zone)
        return self._words(own, language, zone)

    def _words(self, key: str, language: str, zone: tzinfo) -> str:
        values = {"column": self.column, "value": self.value, **self.values}
        shown = {name: _shown(value, language, zone) for name, value in values.items()}
        return i18n.text(key, language, **shown)


def _shown(value: Any, language: str, zone: tzinfo) -> Any:
    if isinstance(value, datetime):
        return i18n.moment(value, zone, language)
    return value.text(language) if isinstance(value, i18n.Problem) else value
