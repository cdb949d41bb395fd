# The commands that people and CI share. Each installs what it needs; nothing is left to chance.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test soak check lab bench lock clean
.DEFAULT_GOAL := help

help:
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(VENV)/.ready: pyproject.toml requirements/build.txt requirements/dev.txt
	@sh scripts/setup.sh "$(PYTHON)" "$(VENV)"
	@touch $@

setup: $(VENV)/.ready ## make .venv with pinned packages

demo: setup ## one night on the pretend data centre, results in .demo/
	@sh scripts/demo.sh

test: setup ## the whole suite, under 15 minutes
	@sh scripts/test.sh

soak: setup ## the whole suite with full failure matrices and long fuzzing
	@sh scripts/soak.sh

check: setup ## format, lint, types, import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo

lab: setup ## the pretend data centre in the foreground, until Ctrl-C
	@$(BIN)/python -m lab up --foreground

bench: setup ## every benchmark
	@sh scripts/bench.sh

lock: ## renew the pinned requirements (needs uv)
	@sh scripts/lock.sh

clean: ## remove what make made
	@rm -rf $(VENV) .demo .lab
