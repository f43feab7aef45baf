# Two commands matter at first: `make up` and `make test`. Each of these does all the set-up that it needs.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: up check preview build test fast fuzz coverage lint format bench clean

up: $(VENV)/.installed
	@$(BIN)/homeward up --demo --port $(PORT)

check: $(VENV)/.installed  ## every mistake in the content, with its place
	@$(BIN)/homeward check

preview: PORT = 8010
preview: $(VENV)/.installed  ## the site while it is being written
	@$(BIN)/homeward preview --port $(PORT)

build: $(VENV)/.installed  ## publishes the site, whether it is running or not
	@$(BIN)/homeward build

test: $(VENV)/.test-installed
	$(BIN)/python tests/browser/install_chromium.py
	$(BIN)/pytest

fast: $(VENV)/.test-installed  ## the suite without browsers and crashes, in seconds
	$(BIN)/pytest -m "not browser and not crash"

fuzz: $(VENV)/.test-installed  ## asks every route in twenty times as many ways as the suite does, and each time in others
	HOMEWARD_FUZZ=20 $(BIN)/pytest tests/collector/test_every_route.py tests/collector/endpoints/test_described.py

coverage: $(VENV)/.test-installed  ## the same, and fails when fewer branches are tested than pyproject.toml asks for
	$(BIN)/pytest -m "not browser and not crash and not timed" --cov --cov-report=term:skip-covered

lint: $(VENV)/.test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.test-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test-installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) site build *.egg-info .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Homeward needs Python 3.11 or newer. Name one: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "This Python has no venv module. On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing Homeward into $(VENV) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test-installed: $(VENV)/.installed
	@echo "Installing the test tools …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@
