# What a person types; README.md says when. Everything runs in .venv, made from the hash-pinned lock.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
BENCH ?= ingest
TIMES ?= 20
SOAK ?= 12

# Over three processes, of which one mostly waits; unless they would share a broker.
SPREAD := $(if $(CIVICBUS_BROKER),,-n 3)

.PHONY: venv demo test lint check docs bench laws soak mutants lock clean
.DEFAULT_GOAL := test

venv: $(READY)
	@true

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "civicbus needs Python 3.11 or later")'
	@echo "installing into $(VENV) (a minute or two, once)" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: venv  ## KEEP=1 leaves everything running
	@$(VENV)/bin/civicbus demo $(if $(KEEP),--keep)

test: venv  ## ARGS="-k words tests/wire" picks tests
	@$(VENV)/bin/pytest -q $(SPREAD) $(ARGS)

lint: venv
	@$(VENV)/bin/ruff check --quiet
	@$(VENV)/bin/ruff format --check --quiet

check: lint  ## style, types, layers, schemas
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/civicbus schemas check

docs: venv  ## what is generated: systems, proofs, shared information, the AsyncAPI document
	@$(VENV)/bin/python -m civicbus.registers.interconnected connectors > connectors/README.md
	@$(VENV)/bin/python -m civicbus.registers.proof_catalogue tests/scenarios \
	  > src/civicbus/domain/proofs/README.md
	@$(VENV)/bin/civicbus schemas readme > /dev/null
	@$(VENV)/bin/civicbus schemas asyncapi > /dev/null

bench: venv  ## BENCH=ingest
	@$(VENV)/bin/python -m tests.benchmarks.$(BENCH) $(ARGS)

laws: venv  ## TIMES=20 as many examples, drawn anew; `make test` tries the same ones each time
	@CIVICBUS_LAWS=$(TIMES) $(VENV)/bin/pytest -q -m hypothesis --timeout 3600 $(ARGS)

soak: venv  ## SOAK=12 times as many kills, storms and seeds as `make test`: 300 kills, about an hour
	@CIVICBUS_LAWS=$(SOAK) $(VENV)/bin/pytest -q --timeout 7200 tests/faults $(ARGS)

mutants: venv .venv-mutants/.ready  ## ARGS="'*.proofs.alive.*'"; all of them take two hours
	@$(VENV)/bin/python -m tests.mutation $(ARGS)

.venv-mutants/.ready: requirements-mutants.lock
	@$(PYTHON) -m venv .venv-mutants
	@.venv-mutants/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

lock:  ## needs uv; no index address is written
	uv pip compile $(LOCK_OPTIONS) --group dev pyproject.toml -o requirements-dev.lock
	@# What is installed is what was tested.
	uv pip compile $(LOCK_OPTIONS) -c requirements-dev.lock pyproject.toml -o requirements.lock
	uv pip compile $(LOCK_OPTIONS) --group mutants -o requirements-mutants.lock
	uv pip compile $(LOCK_OPTIONS) --group bench -o requirements-bench.lock

LOCK_OPTIONS := --quiet --universal --generate-hashes --python-version 3.11 \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean:
	rm -rf $(VENV) .venv-mutants build dist
