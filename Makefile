# Paths are relative throughout: the folder's own path may hold spaces and Vietnamese letters.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := states workflow notifications templates tests setup.py $(wildcard .ci/*.py bench)
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help: ## these lines
	@sed -n 's/^\([a-z]*\):.*## /make \1 - /p' Makefile

setup: ## makes .venv with everything in it; does nothing when all is there
	@$(PYTHON) .ci/setup_venv.py $(VENV)

run: setup ## serves the pages of a sample office on port 8000 (Ctrl-C stops)
	@$(BIN)/ketnap serve --sample

quick: setup ## style, types, and the tests of rules, cases and the house on SQLite: the loop while one works
	@$(MAKE) --no-print-directory -j3 style types core

test: setup ## style, types, architecture and tests
	@$(MAKE) --no-print-directory -j3 style types tests

soak: setup ## the long and heavy checks
	@$(BIN)/pytest -m soak -n auto

bench: setup ## measures beside the bare driver and the program's peers
	@$(BIN)/uv pip install --quiet --python $(VENV) --require-hashes -r requirements/bench.lock
	@$(BIN)/python -m bench

lock: setup ## pins the newest versions of all that pyproject.toml asks for
	@$(LOCK) --group setup --output-file requirements/setup.lock
	@$(LOCK) --group dev --output-file requirements/dev.lock pyproject.toml
	@$(LOCK) --group bench --output-file requirements/bench.lock --constraint requirements/dev.lock

clean: ## removes every .venv and all that the tools have left
	@rm -rf .venv .venv-* build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

style:
	@$(BIN)/ruff check --quiet $(CODE)
	@$(BIN)/ruff format --check --quiet $(CODE)
	@$(BIN)/lint-imports --no-cache --no-logo

core:
	@$(BIN)/pytest -q -n auto -m "not soak and not postgresql" tests/rules tests/cases tests/house

tests:
	@$(BIN)/pytest -n auto

types:
	@$(BIN)/mypy $(CODE)

.PHONY: help setup run quick test soak bench lock clean style core tests types
