# `make scan` audits this machine; `make test` proves the project. Both set up .venv first.
.DELETE_ON_ERROR:
.PHONY: help scan test lint types check-tests schema speed clean programs
.PHONY: lab lab-list lab-refresh lab-ci

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
READY_DEV := $(VENV)/ready-dev

help:
	@echo "make scan   audit this machine; leaves vaudit-report.html and vaudit-report.json"
	@echo "make test   lint, types and all tests"
	@echo "make lab    boot real Xen, KVM, QEMU and container guests, vaudit inside (tests/lab/README.md)"
	@echo "make speed  time a scan beside other tools (benchmarks/scan_speed.py)"
	@echo "make clean  remove .venv and caches"

# exit code 1 means findings: the audit itself went well
scan: $(READY) programs
	@$(BIN)/vaudit scan -o vaudit-report.html -o vaudit-report.json; \
	code=$$?; \
	if [ $$code -le 1 ]; then \
		echo; echo "The whole report: $(CURDIR)/vaudit-report.html"; exit 0; \
	fi; exit $$code

test: lint types check-tests

lint: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY_DEV)
	$(BIN)/mypy

check-tests: $(READY_DEV)
	$(BIN)/python -m pytest

speed: $(READY)
	$(BIN)/python benchmarks/scan_speed.py

schema: $(READY)
	$(BIN)/vaudit schema > reports/schema/report.schema.json

# fio and iperf3 are optional: without them vaudit measures with its own engine
programs:
	@sh tools/programs.sh

# real machines in software emulation, and vaudit inside them: tests/lab/README.md
lab: $(READY_DEV)
	$(BIN)/python -m tests.lab $(CASE)

lab-list: $(READY_DEV)
	@$(BIN)/python -m tests.lab --list

lab-refresh: $(READY_DEV)
	$(BIN)/python -m tests.lab --refresh $(CASE)

lab-ci: $(READY_DEV)
	VAUDIT_LAB=1 $(BIN)/python -m pytest -rs tests/lab

$(READY): pyproject.toml tools/venv.sh
	@PYTHON="$(PYTHON)" sh tools/venv.sh $(VENV)
	@touch $@

$(READY_DEV): $(READY) pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
