# Two commands do everything: `make run` and `make test`.
SHELL := /bin/bash
PY := .venv/bin/python
CONGVAN := .venv/bin/congvan
SHARED ?= ../shared/evaluation
export PYTHONHASHSEED = 0

.PHONY: help setup run test fuzz check score golden-update calibrate bench samples lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | column -t -s '|'

setup:  ## install what is missing (Debian packages, virtual environment, locked Python packages)
	@./setup.sh

run: setup  ## read the sample letters in data/raw into SQLite, print the register and the links
	@$(CONGVAN) ingest data/raw --jobs 2 || [ $$? -eq 4 ]
	@$(CONGVAN) register
	@$(CONGVAN) links

test:  ## the whole test suite, also on a PostgreSQL of its own
	@./setup.sh tests
	@$(PY) -m pytest -n 2

fuzz: setup  ## the long run: every kill point, a hundred random schedules, every signal, damaged files and words
	@./setup.sh tests
	@CONGVAN_LONG=1 $(PY) -m pytest tests/test_faults.py tests/test_kills.py tests/test_cli_night.py tests/test_fuzz.py

check: setup  ## lint, types and tests; changes nothing
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -m pytest -n 2

score: setup  ## measure the evaluation set beside the checkout against benchmarks/floors.toml
	@$(PY) -m benchmarks.score --shared $(SHARED)

golden-update: setup  ## rewrite the expected values of tests/golden from the recorded readings; read the diff
	@CONGVAN_GOLDEN_UPDATE=1 $(PY) -m pytest -q tests/test_golden.py || true
	@git --no-pager diff --stat -- tests/golden

RECORDED ?= data/processed/recorded
calibrate: setup  ## fit the confidence of fields again (records the labelled letters first; takes an hour)
	@$(PY) -m benchmarks.synthetic.build --variants $(RECORDED)/forms --each 4
	@$(PY) -m benchmarks.recordings $(SHARED)/real $(RECORDED)/real
	@$(PY) -m benchmarks.recordings $(RECORDED)/forms $(RECORDED)/read
	@$(PY) -m benchmarks.calibrate --set $(SHARED)/gold_real $(RECORDED)/real \
		--set $(RECORDED)/forms/gold $(RECORDED)/read --write --out benchmarks/results

bench: setup  ## CPU seconds a page beside OCRmyPDF, kreuzberg and bare Tesseract; installs those apart
	@$(PY) -m benchmarks.peers

samples: setup  ## set the sample letters of data/raw again from benchmarks/synthetic
	@$(PY) -m benchmarks.synthetic.build --out data/raw

lock: setup  ## rewrite requirements.lock from pyproject.toml
	@.venv/bin/uv pip compile --quiet --generate-hashes --extra dev --extra postgres --override requirements.overrides \
		--python-version 3.11 --no-annotate --no-header -o requirements.lock pyproject.toml

clean:  ## remove the virtual environment and everything derived
	@rm -rf .venv data/processed/* .pytest_cache .mypy_cache .ruff_cache .hypothesis
