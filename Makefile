# Everything a developer does here, by one word. `make` alone lists the words.
# Stamps under .venv/ make a second call quick: a target runs again only when its lock or sources changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
POSTGRES_TESTS := tests/rooms tests/flows tests/races tests/migrations
WORKERS ?= 2
# A worker that is done takes from the other's rest, so that no long test at the end runs alone.
SPREAD := -n $(WORKERS) --dist worksteal
# The suite starts many processes; each would otherwise compile the house anew where bytecode is not kept.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv dev run test check soak bench-photos bench-search bench-import bench-orders bench-centre bench-pages audit lock fmt

help:  ## list these words
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

venv: $(RUN_STAMP)  ## install what the shop needs, by its lock, into .venv

dev: $(DEV_STAMP)  ## install what its developers need as well

run: $(RUN_STAMP)  ## open the demo town on 127.0.0.1:8000, until Ctrl-C
	@$(BIN)/shop up

test: $(DEV_STAMP)  ## run the whole suite: SQLite, then PostgreSQL, with the browser where there is one
	$(BIN)/pytest $(SPREAD) -m "not soak"
	$(BIN)/pytest $(SPREAD) -m "not soak" --db=postgres $(POSTGRES_TESTS)

check: $(DEV_STAMP)  ## format, lint, types, directions of imports, laws of the house
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q tests/house

soak: $(DEV_STAMP)  ## run what is long; before an issue is called resolved
	$(BIN)/pytest $(SPREAD) -m soak

bench-photos: $(DEV_STAMP)  ## what a 12-megapixel photo costs, beside plain Pillow
	@$(BIN)/python -m tests.bench.photos

bench-search: $(DEV_STAMP)  ## how quick and how right searching is, beside SQLite's full text; SIZE=1k,10k
	@$(BIN)/python -m tests.bench.search

bench-import: $(DEV_STAMP)  ## how many rows a second an import takes in, beside a plain insert of the same (SIZE=10000)
	@$(BIN)/python -m tests.bench.importing

bench-orders: $(DEV_STAMP)  ## orders a second, through the service and by the last click, beside the raw writes (ORDERS=200)
	@$(BIN)/python -m tests.bench.orders

bench-centre: $(DEV_STAMP)  ## what every page of the centre costs on a day with 2,000 orders, beside a day with 20 (DB=postgres)
	@$(BIN)/python -m tests.bench.centre

bench-pages: $(DEV_STAMP)  ## pages a second beside a bare Flask hello, kept and made anew (SIZE=1k,100k)
	@$(BIN)/python -m tests.bench.pages

audit: $(VENV)/audit/.installed  ## what Lighthouse says of a buyer's pages, on a phone and on a bad line (needs node; RUNS=3)
	@$(BIN)/python -m tests.audit

lock: $(DEV_STAMP)  ## write both locks anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --group build $(LOCK) --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group build --group dev -c requirements.lock $(LOCK) --upgrade -o requirements-dev.lock

fmt: $(DEV_STAMP)  ## format and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# Lighthouse and what it needs, by their own lock; nothing of it is served.
$(VENV)/audit/.installed: $(DEV_STAMP) tests/audit/package.json tests/audit/package-lock.json
	@mkdir -p $(@D)
	cp tests/audit/package.json tests/audit/package-lock.json tests/audit/.npmrc $(@D)
	npm ci --prefix $(@D) --ignore-scripts
	@touch $@

# The build backend is in the lock too, so that nothing is fetched unhashed behind our back.
$(RUN_STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
