# `make help` lists what there is. Everything happens in .venv; nothing is installed outside it,
# but for a browser when `make test` runs as root on Debian.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUN := $(VENV)/.installed
TEST := $(VENV)/.installed-test

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types browser bench soak lock docs clean

help:  ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

install: $(RUN)  ## The program and what it needs, into .venv

demo: $(RUN)  ## A believable ward with live traffic; prints the address of the wall
	@$(BIN)/ops-center demo $(DEMO)

test: $(TEST) browser lint types  ## All checks and tests
	@echo "== tests"
	@$(BIN)/pytest -n 2 --dist loadfile --durations 15 $(PYTEST)

lint: $(TEST)  ## Style
	@echo "== ruff"
	@$(BIN)/ruff check .

types: $(TEST)  ## Types
	@echo "== mypy --strict"
	@$(BIN)/mypy

browser:
	@scripts/ensure-browser

bench: $(TEST)  ## Measure at a million dossiers; writes benchmarks/*.md
	@$(BIN)/python -m benchmarks $(BENCH)
	@$(BIN)/python -m benchmarks explore $(BENCH_EXPLORE)
	@$(BIN)/python -m benchmarks forecast

soak: $(TEST) browser  ## 10,000 updates of a wall, watching its memory
	@$(BIN)/python -m benchmarks soak $(SOAK)

docs: $(RUN)  ## Write the generated pages, schema and colours anew
	@$(BIN)/python -m ops_center.settings > docs/settings.md
	@$(BIN)/python -m ops_center.metrics.manual --write
	@$(BIN)/python -m ops_center.store.schema --write
	@$(BIN)/python -m ops_center.figures.tokens

lock: $(TEST)  ## Pin anew what is installed (needs the package index)
	@$(PIP) install -q -q pip-tools
	@$(BIN)/pip-compile --quiet --upgrade --extra test --strip-extras --allow-unsafe --no-header \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-annotate \
	    --output-file requirements.lock pyproject.toml

clean:  ## Remove the environment, caches and the demo's database
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	rm -f demo.db demo.db-wal demo.db-shm

$(BIN)/python:
	@python=$$(scripts/find-python) && echo "Making .venv with $$python" && "$$python" -m venv $(VENV)

$(RUN): pyproject.toml setup.py requirements.lock | $(BIN)/python
	@echo "Installing into .venv …"
	@$(PIP) install -q -q -c requirements.lock setuptools
	@$(PIP) install -q -q -c requirements.lock --no-build-isolation -e .
	@touch $@

$(TEST): $(RUN)
	@echo "Installing what the tests need …"
	@$(PIP) install -q -q -c requirements.lock --no-build-isolation -e '.[test]'
	@touch $@
