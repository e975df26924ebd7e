# Written for GNU Make 3.81 (macOS): no .ONESHELL, no grouped targets, no $(file).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DEMO := rashomon_demo
RESULTS := benchmarks/results

# every cold process would pay the compilation again without one shared folder
export NUMBA_CACHE_DIR := $(CURDIR)/.numba_cache

.DEFAULT_GOAL := help
.PHONY: help venv install demo test check slow tutorials docs bench scale statistical fuzz faults lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "The first target that runs something creates $(VENV) with $(PYTHON); choose another with PYTHON=python3.12."

venv: $(BIN)/python ## create .venv (Python 3.11 or newer, with its venv module)
	@echo "make venv: $(VENV) is $$($(BIN)/python --version)."

install: $(VENV)/.dev ## install the pinned versions of everything, for demo, test and check
	@echo "make install: rashomon and its tools are installed in $(VENV), at the versions in constraints.txt."

demo: $(VENV)/.app ## audit two real data sets that come with rashomon; reports in rashomon_demo
	@$(BIN)/rashomon demo -o $(DEMO)
	@echo "make demo: the reports named above are in $(DEMO)."

test: $(VENV)/.dev ## run the tests, two at a time
	@$(BIN)/python -m pytest -n 2
	@echo "make test: all tests passed."

check: $(VENV)/.dev ## lint, format, types, import contracts, docstrings
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "make check: run $(BIN)/ruff format" >&2; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@said=$$($(BIN)/lint-imports --no-cache) || { echo "$$said" >&2; exit 1; }
	@$(BIN)/python -m pytest --quiet tests/architecture/test_docstring.py
	@echo "make check: lint, format, types, import contracts and docstrings are clean."

slow: $(VENV)/.dev ## run what takes too long for make test: whole commands, studies and pages, about ten minutes
	@$(BIN)/python -m pytest -n 2 -m slow
	@echo "make slow: all slow tests passed."

tutorials: $(VENV)/.dev ## run every tutorial at full size, about half an hour
	@RASHOMON_TUTORIAL=full $(BIN)/python -m pytest -p no:randomly --durations=9 tests/tutorial
	@echo "make tutorials: every page ran, and its conclusion held."

docs: $(VENV)/.docs ## build the documentation site in build/docs
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs build/docs
	@echo "make docs: open build/docs/index.html"

bench: $(VENV)/.dev ## measure; tables in benchmarks/results
	@set -e; for script in benchmarks/bench_*.py; do echo "$$script"; $(BIN)/python "$$script" --output $(RESULTS); done
	@echo "make bench: measured; the tables are in $(RESULTS)."

scale: $(VENV)/.dev ## measure whole audits of up to 100,000 cells, about half an hour; tables in benchmarks/results
	@set -e; for script in benchmarks/scale_*.py; do echo "$$script"; $(BIN)/python "$$script" --output $(RESULTS); done
	@echo "make scale: measured; the tables are in $(RESULTS)."

statistical: $(VENV)/.dev ## run the slow statistical tests; figures in benchmarks/results
	@RASHOMON_RESULTS=$(CURDIR)/$(RESULTS) $(BIN)/python -m pytest -n 2 -m statistical
	@$(BIN)/python benchmarks/collect_guarantees.py
	@echo "make statistical: all claims held; figures and tables are in $(RESULTS)."

fuzz: $(VENV)/.dev ## read 5,000 damaged files and 2,000 tables of receptors through the door, about ten minutes; counts in benchmarks/results
	@RASHOMON_RESULTS=$(CURDIR)/$(RESULTS) $(BIN)/python -m pytest -m fuzz tests/fuzz
	@echo "make fuzz: no damaged file did any harm; the counts are in $(RESULTS)."

faults: $(VENV)/.dev ## kill studies, fill their disk, flip their bytes; counts in benchmarks/results
	@RASHOMON_FAULTS=full RASHOMON_RESULTS=$(CURDIR)/$(RESULTS) $(BIN)/python -m pytest -m fault tests/fault
	@echo "make faults: nothing that was acknowledged was lost; the counts are in $(RESULTS)."

lock: ## resolve the newest allowed versions and write constraints.txt anew
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet hatchling editables setuptools
	@build/lock/bin/python -m pip install --quiet --no-build-isolation -e ".[dev,docs,duckdb]"
	@{ sed -n '/^#/p' constraints.txt; \
	   build/lock/bin/python -m pip freeze --exclude-editable | grep -E '^[A-Za-z0-9._-]+==[^ ]+$$'; } > build/constraints.txt
	@mv build/constraints.txt constraints.txt && rm -rf build/lock
	@echo "make lock: constraints.txt holds the newest versions that go together; run make test before you keep it."

clean: ## remove everything that make made, except data you audited
	@rm -rf docs/generated $(VENV) $(DEMO) .numba_cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "make clean: $(VENV), caches and $(DEMO) are gone."

$(BIN)/python:
	@command -v $(PYTHON) > /dev/null || \
	  { echo "rashomon needs Python 3.11 or newer, and $(PYTHON) was not found: install it, or name another with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "rashomon needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1): name a newer one with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || \
	  { echo "$(PYTHON) has no venv module: install it (Debian, Ubuntu: apt install python3-venv), or name another with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# the build tools first, so that they are pinned too: build isolation would fetch its own
$(VENV)/.build: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing pinned versions into $(VENV) (two to four minutes the first time)"
	@$(PIP) install -c constraints.txt hatchling editables setuptools
	@touch $@

$(VENV)/.app: $(VENV)/.build
	@$(PIP) install -c constraints.txt --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.build
	@$(PIP) install -c constraints.txt --no-build-isolation -e ".[dev]"
	@touch $(VENV)/.app $@

$(VENV)/.docs: $(VENV)/.dev
	@$(PIP) install -c constraints.txt --no-build-isolation -e ".[docs]"
	@touch $@
