"""Puts the top-level folders assets/ and db/ into the wheel, as ops_center/_assets and _db.

All else is declared in pyproject.toml. A development install needs no copy: there the folders
are found beside the package (ops_center/material.py).
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

MATERIAL = ("assets", "db")


class BuildWithMaterial(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for name in MATERIAL:
                self._ship(name)

    def _ship(self, name: str) -> None:
        target = Path(self.build_lib) / "ops_center" / f"_{name}"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(name, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))


setup(cmdclass={"build_py": BuildWithMaterial})
