# `make scan` audits this machine; `make check`, `make test` and `make outer` prove the project, each more than
# the one before. All set up .venv first, or with PYTHON=python3.12 one of that name.
.DELETE_ON_ERROR:
.PHONY: help scan programs check test outer outer-programs truth matrix coverage lint types unit schema speed clean
.PHONY: wine fuzz locked lock wheel side-by-side bench
.PHONY: docs lab lab-list lab-refresh lab-ci lab-fix

# the tests start the program hundreds of times: without its bytecode each start takes three times as long
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
BIN := $(VENV)/bin
READY := $(VENV)/ready
READY_DEV := $(VENV)/ready-dev
PYTEST := $(BIN)/python -m pytest
QUICK := -m 'not slow and not outer and not truth' --hypothesis-profile=quick --durations=5
# of a test that goes through all machines, checks or words only so many cases: `make test` runs them all
SAMPLE := --sample=6
# tests/bench measures, and forks: not in pytest-xdist's workers, which have threads
SIDE_BY_SIDE := -n logical --maxprocesses 8 --ignore=tests/bench
# both at once: tests/bench waits for disks more than it computes. Each says what it found when it ends
BOTH := --no-print-directory --jobs=2 --output-sync=target side-by-side bench

help:
	@echo "make scan      audit this machine; leaves vaudit-report.html and vaudit-report.json"
	@echo "make check     lint, types and the quick tests, of many cases a sample"
	@echo "make test      lint, types and all tests that need nothing but Python: some minutes"
	@echo "make outer     the tests that need programs from Debian, PyPI or npm; make outer-programs installs them"
	@echo "make truth     build disks and links of known behaviour, and print what vaudit says of them (root)"
	@echo "make matrix    the quick tests with each Python from 3.10 to 3.13 that is here"
	@echo "make coverage  how much of each room the tests run"
	@echo "make fuzz      feed vaudit 200,000 broken and hostile inputs (python -m tests.fuzz)"
	@echo "make locked    set up .venv with exactly the files of requirements-dev.txt; make lock writes that anew"
	@echo "make wheel     build dist/vaudit-….whl, which pipx, uvx and pip install"
	@echo "make docs      make docs/gallery and the pictures anew (tools/pages.py)"
	@echo "make lab       boot real Xen, KVM, QEMU and container guests, vaudit inside (tests/lab/README.md)"
	@echo "make lab-fix   execute the fixes of our checks on machines that fail them, and scan again"
	@echo "make wine      run vaudit in a Windows Python under Wine"
	@echo "make speed     time a scan beside other tools (benchmarks/scan_speed.py)"
	@echo "make clean     remove the virtual environments and caches"

# exit code 1 means findings: the audit itself went well, if it wrote its report
scan: $(READY) programs
	@touch $(VENV)/began; $(BIN)/vaudit scan -o vaudit-report.html -o vaudit-report.json; \
	code=$$?; \
	if [ $$code -le 1 ] && [ vaudit-report.html -nt $(VENV)/began ]; then \
		echo; echo "The whole report: $(CURDIR)/vaudit-report.html"; exit 0; \
	fi; \
	[ $$code -ge 2 ] || code=3; exit $$code

# one file that pipx, uvx and pip install anywhere, without a network but for its dependencies
wheel: $(READY)
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	@ls dist/vaudit-*.whl

# fio and iperf3 are optional: without them vaudit measures with its own engine
programs:
	@sh tools/programs.sh

check: lint types unit

test: lint types
	@$(MAKE) $(BOTH) OPTIONS="-rs --durations=10"

side-by-side: $(READY_DEV)
	$(PYTEST) $(OPTIONS) $(SIDE_BY_SIDE)

bench: $(READY_DEV)
	$(PYTEST) $(OPTIONS) tests/bench

outer: $(READY_DEV)
	$(PYTEST) -m outer -rs --durations=10

outer-programs: $(READY_DEV)
	$(BIN)/python -m tests.outer

# what is measured depends on how busy this machine is: it is printed and gates nothing
truth: $(READY_DEV)
	-$(BIN)/python benchmarks/disk_truth.py --runs 1
	-$(BIN)/python benchmarks/network_truth.py --runs 1
	-$(PYTEST) -m truth -rs

lint: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY_DEV)
	$(BIN)/mypy

unit: $(READY_DEV)
	@$(MAKE) $(BOTH) OPTIONS="$(QUICK) $(SAMPLE)"

matrix:
	@MAKE="$(MAKE)" sh tools/matrix.sh

coverage: $(READY_DEV)
	$(BIN)/coverage erase
	-$(BIN)/coverage run -m pytest $(SIDE_BY_SIDE)
	-$(BIN)/coverage run -m pytest tests/bench
	$(BIN)/coverage combine -q
	@$(BIN)/coverage json -q -o - | $(BIN)/python tools/rooms.py

speed: $(READY_DEV)
	$(BIN)/python benchmarks/scan_speed.py

# a Windows Python under Wine, in .outer/wine
wine: $(READY_DEV)
	$(PYTEST) -m outer -rs tests/wine

# the gallery, and the pictures where Chromium is here (make outer-programs)
docs: $(READY_DEV)
	$(BIN)/python -m tools.manpage
	$(BIN)/python -m tools.pages
	$(BIN)/python -m tools.today

schema: $(READY)
	$(BIN)/vaudit schema > reports/schema/report.schema.json

fuzz: $(READY_DEV)
	$(BIN)/python -m tests.fuzz --inputs 200000 --keep .fuzz

# what `make check` and the others then use, until pyproject.toml or tools/venv.sh changes: docs/dependencies.md
locked:
	@PYTHON="$(PYTHON)" sh tools/venv.sh $(VENV) requirements-dev.txt
	@touch $(READY) $(READY_DEV)

lock:
	@PYTHON="$(PYTHON)" sh tools/lock.sh

# real machines in software emulation, and vaudit inside them: tests/lab/README.md
lab: $(READY_DEV)
	$(BIN)/python -m tests.lab $(CASE)

lab-list: $(READY_DEV)
	@$(BIN)/python -m tests.lab --list

lab-refresh: $(READY_DEV)
	$(BIN)/python -m tests.lab --refresh $(CASE)

# every fix that the lab can bring about, executed as it is written; CASE=running for one machine
lab-fix: $(READY_DEV)
	$(BIN)/python -m tests.lab.fixes $(CASE)

lab-ci: $(READY_DEV)
	$(PYTEST) -m outer -rs tests/lab

$(READY): pyproject.toml tools/venv.sh tools/pip.py
	@PYTHON="$(PYTHON)" sh tools/venv.sh $(VENV)
	@touch $@

# dependency groups need pip 25.1
$(READY_DEV): $(READY) pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

clean:
	rm -rf .venv .venv-* .outer .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz dist build
