.DEFAULT_GOAL := help
.PHONY: help setup generate drift docs format lint types lintspec site quick test floors pythons cover engines sync-demo mock contract drift-report mutants mutmut power bench build check lock clean

PYTHON ?= python3
BIN    := .venv/bin
READY  := .venv/.ready
OURS   := overrides contract_tests
# Hundreds of processes start in a run of the tests; images that forbid bytecode would have each compile all anew.
unexport PYTHONDONTWRITEBYTECODE
# And in many of them Hypothesis would compute its table of characters.
export HYPOTHESIS_STORAGE_DIRECTORY ?= $(CURDIR)/.hypothesis

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## Make .venv and install everything that is pinned; the other targets do it by themselves

# --no-deps, --no-build-isolation: every package, the build backend too, comes from the lock with its hash. --no-compile:
# of ten thousand modules a run imports some; Python keeps the bytecode of those.
$(READY): .requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "webflow-orders needs Python 3.11 or newer")'
	@echo "Setting up .venv (once; about half a minute)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --no-compile --require-hashes --requirement .requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

generate: $(READY) ## Rebuild generated/ from openapi.yaml, and the clients that block from those that await
	@$(BIN)/python overrides/codegen/generate.py

drift: $(READY) ## Fail if `make generate` would change anything
	@$(BIN)/python overrides/codegen/generate.py --check

docs: $(READY) ## Compare a saved docs page with the spec: make docs PAGE=page.txt [OPERATION=get-order]
	@test -n "$(PAGE)" || { echo "usage: make docs PAGE=<saved page> [OPERATION=<operationId>]"; exit 2; }
	@$(BIN)/python -m contract_tests.spec.docs "$(PAGE)" $(if $(OPERATION),--operation "$(OPERATION)")

format: $(READY) ## Rewrite our own files in the house format
	$(BIN)/ruff format --quiet $(OURS)
	$(BIN)/ruff check --quiet --fix $(OURS)

lint: $(READY) ## Style, and who imports whom
	$(BIN)/ruff format --check --quiet $(OURS)
	$(BIN)/ruff check --quiet $(OURS)
	$(BIN)/lint-imports --no-cache

types: $(READY) ## mypy, strict, on what is shipped
	$(BIN)/mypy --strict -p webflow_orders -p webflow_orders_cli -p webflow_orders_generated -p webflow_orders_mock -p webflow_orders_contract

lintspec: ## The field's linters on openapi.yaml, and pyright on user code (needs node; says so if there is none)
	@contract_tests/spec/linters/run

# Four at once, for half of what a test does on two cores is wait; a file never in two, in the order of their names.
TEST := -m pytest --quiet --numprocesses 4 --dist loadfile --no-loadscope-reorder

site: $(READY) ## The documentation, in .site/html; open index.html there
	@$(BIN)/python -m sphinx -q -W --keep-going -d .site/doctrees overrides/docs .site/html

quick: $(READY) ## The tests that are not marked slow
	$(BIN)/python $(TEST) -m "not slow"

test: $(READY) ## Every test; needs no network
	$(BIN)/python $(TEST)

floors: $(READY) ## The client's core tests on the lowest versions that pyproject.toml allows; fetches them
	@$(BIN)/python -m contract_tests.packaging.elsewhere floors

pythons: $(READY) ## The same on each Python from 3.11 to 3.13 that is here; fetches packages
	@$(BIN)/python -m contract_tests.packaging.elsewhere pythons

cover: $(READY) ## Every test, and which lines of ours none of them reaches; takes twice as long
	$(BIN)/coverage erase
	$(BIN)/coverage run $(TEST)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

mock: $(READY) ## Serve the mock on 127.0.0.1:8080: make mock [ARGS="--port 9000 --db shop.sqlite"]
	@$(BIN)/python -m webflow_orders_mock $(or $(ARGS),--port 8080)

# On its own, `make contract` needs nothing but python3 and make: it sets up, checks drift, starts the mock itself.
contract: drift ## The main job: fuzz, drive, report; TARGET=<url> SITE=<id> for a server of your own
	@$(BIN)/python -m webflow_orders_contract $(if $(TARGET),--target "$(TARGET)" --site "$(SITE)") \
	  $(if $(WRITE),--write "$(WRITE)") $(if $(REFUND),--refund "$(REFUND)") $(if $(AGAIN),--refund-again "$(AGAIN)") \
	  $(if $(PROFILE),--profile "$(PROFILE)") $(if $(PLAN),--plan) $(if $(RECORD),--record) $(if $(SEED),--seed "$(SEED)")

drift-report: $(READY) ## What a recording shows and the spec does not say: make drift-report FROM=<har or ndjson> [REPLAY=1]
	@test -n "$(FROM)" || { echo "usage: make drift-report FROM=<har or ndjson> [REPLAY=1]"; exit 2; }
	@$(BIN)/python -m webflow_orders_contract.drift "$(FROM)" --spec openapi.yaml $(if $(REPLAY),--replay)

mutants: $(READY) ## Switch on each defect of the mock and see which check catches it (some minutes)
	@$(BIN)/python -m webflow_orders_contract.mutants $(ARGS)

# mutmut runs the tests in its own process, which then has to know our packages as well.
mutmut: $(READY) ## Mutate the client and list what survives; slow, and needs mutmut on the PATH
	@rm -rf .mutmut && mkdir -p .mutmut/src .mutmut/overrides
	@cp -r overrides/webflow_orders generated/webflow_orders_generated contract_tests/mock_server/webflow_orders_mock .mutmut/src
	@cp -r contract_tests openapi.yaml pyproject.toml .mutmut && cp -r overrides/codegen .mutmut/overrides
	@cd .mutmut && export PYTHONPATH="$$(../$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" && \
	  { CI=1 mutmut run --max-children 2; mutmut results; }

power: $(READY) ## What other tools find of the mock's defects, and ours; hours: make power [ARGS="--first 21"]
	@$(BIN)/python -m contract_tests.power $(ARGS)

engines: $(READY) ## The sync into DuckDB and PostgreSQL by dlt, and Spark, in environments of their own; fetches packages
	@$(BIN)/python -m contract_tests.engines

sync-demo: $(READY) ## Three loads of a living mock into DuckDB, and a query; offline, once its environment is made
	@$(BIN)/python -m contract_tests.engines demo

bench: $(READY) ## Ours beside the incumbents, measured; some twenty minutes: make bench [ARGS="--quick --only get"]
	@$(BIN)/python -m contract_tests.bench $(ARGS)

build: $(READY) ## sdist and wheel, in dist/
	$(BIN)/python -m build --no-isolation --outdir dist .

# The tests keep every core busy by themselves; of what comes before them, each keeps one.
check: $(READY) ## What CI runs
	@$(MAKE) --no-print-directory --jobs 2 types lintspec lint
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=line test drift contract

# The lowest versions that are allowed, with the newest of what only tests need. httpx2 by itself, for it raises others.
FLOORS := contract_tests/packaging/floors
LOWEST := uv pip compile pyproject.toml $(FLOORS)/tools.in --resolution lowest-direct --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --upgrade --quiet

ENGINE := uv pip compile pyproject.toml --extra testing --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --upgrade --quiet

# All but dlt and Spark, either of which is larger than all the others together.
EXTRAS := testing contract httpx2 aiohttp shared export cli otel

lock: $(READY) ## Renew .requirements.lock and the floors' locks within the ranges of pyproject.toml (uses uv)
	uv pip compile pyproject.toml --group dev $(EXTRAS:%=--extra %) --universal --python-version 3.11 \
	  --generate-hashes --no-header --upgrade --quiet --output-file .requirements.lock
	grep -E '^(hypothesis|jsonschema-rs|pyyaml|trio|trustme)==' .requirements.lock | sed 's/ .*//' >$(FLOORS)/tools.in
	$(LOWEST) --extra testing --extra aiohttp --extra shared --extra export --output-file $(FLOORS)/core.txt
	$(ENGINE) contract_tests/engines/dlt.in --extra dlt --output-file contract_tests/engines/dlt.txt
	$(ENGINE) contract_tests/engines/spark.in --extra spark --extra shared --output-file contract_tests/engines/spark.txt
	$(LOWEST) --extra testing --extra httpx2 --extra shared --extra export --output-file $(FLOORS)/httpx2.txt

clean: ## Remove what make made
	rm -rf .venv .venv-bench .venv-engines .site .mutmut dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .reports .schemathesis
