"""Where the folders `assets` and `db` are: beside the package in a checkout, inside it when
installed from a wheel."""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def folder(name: Literal["assets", "db"]) -> Path:
    """The folder of that name; FileNotFoundError when the installation is incomplete."""
    for place in (_PACKAGE / f"_{name}", _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the folder {name} is neither in {_PACKAGE} nor beside it")
