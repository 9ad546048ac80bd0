# Two commands matter to a newcomer: `make demo` and `make test`. Everything else is for those who change the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BROWSER ?= yes
ROWS ?=

.PHONY: demo test check bench format clean

demo: $(VENV)/run.stamp
	$(BIN)/hub demo

test: $(VENV)/dev.stamp
	@BROWSER=$(BROWSER) sh tests/browser/need_chromium.sh
	BROWSER=$(BROWSER) $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

bench: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench $(if $(ROWS),--rows $(ROWS))

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build bench.json

# dev.txt holds run.txt's pins and more, so installing it satisfies both stamps.
$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/run.stamp
