# make demo    the main job on a wiki in a folder, told as it goes
# make test    every test, a real MediaWiki included
# make check   style, types, arrows between rooms, messages
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check explore messages guards clean

demo: .venv/ready
	@$(BIN)/python docs/demo.py demo

test: .venv/ready-dev
	@sh tests/mediawiki/install
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_messages.py tests/test_house.py

# Random examples, other ones each time, until one fails or you stop it; `make test` has the same ones always.
explore: .venv/ready-dev
	@sh tests/mediawiki/install
	while $(BIN)/python -m pytest -n 2 -m hypothesis --hypothesis-profile explore; do :; done

# After a change of messages: bring the catalogues up to date, translate, run again.
messages: .venv/ready-dev
	$(BIN)/python -m tests.catalogues

# Each guard taken out in turn must turn a test red (docs/safety.md).
guards: .venv/ready-dev
	@sh tests/mediawiki/install
	$(BIN)/python -m benchmarks.guards

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "capitalise needs Python 3.11 or later; try: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt install python3-venv"; rm -rf .venv; exit 1; }

.venv/ready: .venv/bin/python pyproject.toml
	@echo "Installing capitalise into .venv (once)…"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

.venv/ready-dev: .venv/ready
	@echo "Installing the tools for tests into .venv (once)…"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv demo .mediawiki .mediawiki-* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
