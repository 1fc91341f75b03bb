# The commands of a contributor's day. Bare `make` lists them.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup check fill bench docs

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 8

setup: ## Make .venv, with the program in it as it stands here
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e '.[dev]'

check: ## Run all checks and tests: exactly what CI runs
	$(BIN)/python -m tests

fill: ## Rebuild bank/filled from the recordings, offline
	$(BIN)/answerbot fill

bench: ## Measure all that is promised of many calls, and print one table (40 minutes)
	$(BIN)/python -m benchmarks

docs: ## Write docs/commands.md and the schema of rubrics anew
	$(BIN)/python docs/generate_commands.py > docs/commands.md
	$(BIN)/python docs/generate_schema.py > rubrics/rubric.schema.json
