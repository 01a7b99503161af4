# make demo    the four jobs on a wiki in a folder, told as they go
# make test    every test, two real MediaWikis included
# make check   style, types, arrows between rooms, messages
PYTHON ?= python3
BIN := .venv/bin
LOCK := requirements.lock

# On MediaWiki 1.43 as everything is, and again on 1.39: whatever reads and writes.
BOTH := $(foreach name,wikis/test_stores wikis/test_faults wikis/test_cache wikis/test_any_wiki forms/test_stored forms/test_semantic \
  runs/test_etiquette runs/test_guardians runs/test_unattended bots/fiches/test_job,tests/$(name).py)

.PHONY: demo test check docs explore messages sentences pictures guards newest lock clean

demo: .venv/ready
	@$(BIN)/capitalise demo demo

test: .venv/ready
	@sh tests/mediawiki/install
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)
	@CAPITALISE_OLDER=1 $(BIN)/python -m pytest -n 2 --dist worksteal $(BOTH) $(ARGS) || [ $$? = 5 ] # none chosen

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/cli/test_messages.py tests/house/test_house.py

# Random examples, other ones each time, until one fails or you stop it; `make test` has the same ones always.
explore: .venv/ready
	@sh tests/mediawiki/install
	while $(BIN)/python -m pytest -n 2 -m hypothesis --hypothesis-profile explore; do :; done

# After a change of messages: bring the catalogues up to date, translate, run again.
messages: .venv/ready
	$(BIN)/python -m tests.catalogues

# Every sentence that people see, in French, with sample values; kept in tests/data, so that a change of one is seen.
sentences: .venv/ready
	@$(BIN)/python -m tests.sentences 2>/dev/null

# The docs as a site: docs/_site/index.html.
docs: .venv/ready
	@$(BIN)/python -m docs.settings && $(BIN)/python -m docs.rules
	@$(BIN)/sphinx-build -q -W --keep-going docs docs/_site && echo docs/_site/index.html

# The pictures of the README, from the demonstration.
pictures: .venv/ready
	@sh tests/mediawiki/install
	$(BIN)/python -m docs.pictures

# Each guard taken out in turn must turn a test red (docs/safety.md).
guards: .venv/ready
	@sh tests/mediawiki/install
	$(BIN)/python -m benchmarks.guards

# The newest of everything that pyproject.toml allows, in an environment of its own and without the real wikis: what
# tomorrow's installs will meet. Prints what failed; decides nothing.
newest: .venv/bin/python
	@rm -rf .venv-newest && $(BIN)/python -m venv .venv-newest
	@.venv-newest/bin/python -m pip install -q --disable-pip-version-check --upgrade --upgrade-strategy eager -e '.[dev]' \
	  && .venv-newest/bin/python -m pytest -n 2 --dist worksteal -m "not mediawiki" -p no:cacheprovider \
	  || echo "newest: something above does not work with the newest packages; 'make lock', then look."

# What tests, checks and the demonstration run with: names, versions, hashes, for every system and Python.
lock: .venv/bin/python
	@$(BIN)/python -m venv .venv-lock && .venv-lock/bin/python -m pip install -q --disable-pip-version-check uv
	@.venv-lock/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --upgrade --no-annotate --no-emit-index-url --custom-compile-command "make lock" -q -o $(LOCK)
	@rm -rf .venv-lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "capitalise needs Python 3.11 or later; try: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt install python3-venv"; rm -rf .venv; exit 1; }

.venv/ready: .venv/bin/python pyproject.toml $(LOCK)
	@echo "Installing capitalise and its tools into .venv (once, about a minute)…"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r $(LOCK)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

clean:
	rm -rf .venv .venv-newest demo .mediawiki .mediawiki-* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
