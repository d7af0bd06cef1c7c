.DEFAULT_GOAL := help
.PHONY: help setup generate drift docs format lint types test mock contract build check lock clean

PYTHON ?= python3
BIN    := .venv/bin
READY  := .venv/.ready
OURS   := overrides contract_tests

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  \033[36m%-10s\033[0m %s\n", $$1, $$2}' Makefile

setup: $(READY) ## Make .venv and install everything that is pinned; the other targets do it by themselves

# --no-deps, --no-build-isolation: every package, the build backend too, comes from the lock with its hash.
$(READY): .requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "webflow-orders needs Python 3.11 or newer")'
	@echo "Setting up .venv (once; about half a minute)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement .requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

generate: $(READY) ## Rebuild generated/ from openapi.yaml
	@$(BIN)/python overrides/codegen/generate.py

drift: $(READY) ## Fail if generated/ is not what a rebuild would make
	@$(BIN)/python overrides/codegen/generate.py --check

lock: $(READY) ## Renew .requirements.lock within the ranges of pyproject.toml (uses uv)
	uv pip compile pyproject.toml --group dev --extra testing --universal --python-version 3.11 \
	  --generate-hashes --no-header --upgrade --quiet --output-file .requirements.lock

clean: ## Remove what make made
	rm -rf .venv dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .reports .schemathesis
