# `make` without a word tells what there is. Everything it needs it puts into .venv and .tools, both in here.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell command -v $(name))) python3)
BOOTSTRAP := @$(PYTHON) tools/bootstrap.py
WORKERS ?= 2
ARGS ?=
MAKEFLAGS += --no-print-directory

.PHONY: help demo test test-long lint bench docs words clean

help:
	@echo "make demo        a running Kohti with its sample day at http://localhost:8000; Ctrl-C stops it"
	@echo "make test        every test that belongs to every change (ARGS='-k queue' for some of them)"
	@echo "make test-long   what takes longer: kill series, long random sequences, a fresh machine"
	@echo "make lint        style, types, arrows between rooms, templates"
	@echo "make bench       what the product costs, room by room (ARGS=--json for a machine)"
	@echo "make docs        writes the generated pages of the documentation anew, and follows every link"
	@echo "make words       brings the catalogues of every language up to the texts of the code"
	@echo "make clean       remove what these commands made in here; data is not here and stays"

demo:
	$(BOOTSTRAP) --for run -- .venv/bin/kohti demo $(ARGS)

test:
	$(BOOTSTRAP) --for test --browser -- .venv/bin/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-long:
	$(BOOTSTRAP) --for test --browser
	@echo "What follows covers:"
	@.venv/bin/python -m pytest -q -m long --collect-only | sed -n 's/^tests/  tests/p'
	$(BOOTSTRAP) --for test -- .venv/bin/python -m pytest -v -m long $(ARGS)

lint:
	$(BOOTSTRAP) --for test lint -- .venv/bin/python tools/lint.py $(ARGS)

bench:
	$(BOOTSTRAP) --for run -- .venv/bin/kohti bench frontdesk $(ARGS)
	.venv/bin/kohti bench journeys $(ARGS)
	.venv/bin/kohti bench book $(ARGS)
	.venv/bin/kohti bench directory $(ARGS)
	.venv/bin/kohti bench sharing $(ARGS)
	.venv/bin/kohti bench start
	.venv/bin/kohti bench live
	.venv/bin/kohti bench nation --centres 20 --visits 30 $(ARGS)

docs:
	$(BOOTSTRAP) --for run -- .venv/bin/python tools/docs.py $(ARGS)

words:
	$(BOOTSTRAP) --for run -- .venv/bin/python tools/words.py

clean:
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
