"""docs/metrics.md says what the catalogue says."""

from pathlib import Path

import pytest

from ops_center.metrics import manual
from ops_center.metrics.catalog import METRICS


def test_the_manual_is_up_to_date() -> None:
    """Renew it with `python -m ops_center.metrics.manual --write`."""
    assert manual.PATH.read_text("utf-8") == manual.text()


def test_an_outdated_manual_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "metrics.md"
    monkeypatch.setattr(manual, "PATH", other)
    assert manual.main([]) == 1
    assert "--write" in capsys.readouterr().err
    assert manual.main(["--write"]) == 0
    assert manual.main([]) == 0


@pytest.mark.parametrize("name", METRICS)
def test_each_metric_has_its_section(name: str) -> None:
    assert f"## {name}\n" in manual.text()
