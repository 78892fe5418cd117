# The project's commands. `make` alone lists them. The first set-up of a clone downloads what the
# lock files name, every file checked against its hash; later runs start at once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test lint check validator differential crash mutation benchmark full audit lock clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# Build tools come from the lock as well, so nothing is ever fetched without a hash.
LOCKED := --require-hashes --no-build-isolation
TESTS_IN_PARALLEL ?= auto
# The folder of the real feeds and records that `make full` reads; too large to be kept here.
export PEER_MATCH_CORPUS ?= $(abspath $(wildcard ../shared/data))

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/runtime.stamp ## set up, match the sample caseload, show a summary, write an HTML report
	@$(BIN)/peer-match demo

test: .venv/dev.stamp ## set up, then lint, type-check and test
	@$(MAKE) --no-print-directory check validator
	@$(BIN)/pytest -n $(TESTS_IN_PARALLEL) -m "not corpus"

lint: .venv/dev.stamp ## rewrite the layout of the code, then lint and type-check
	@$(BIN)/ruff format src tests benchmarks
	@$(BIN)/ruff check --fix src tests benchmarks
	@$(BIN)/pyright

check: .venv/dev.stamp ## lint and type-check, changing nothing
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/pyright

validator: ## build the FHIR validator of the tests (needs Java 17 and Maven)
ifneq ($(and $(shell command -v javac),$(shell command -v mvn)),)
validator: build/validator/validator.jar
else
	@echo "Java 17 or Maven is not here, so the tests that validate FHIR are skipped." >&2
	@echo "  to run them: sudo apt-get install openjdk-17-jdk-headless maven" >&2
endif

build/validator/validator.jar: $(shell find tests/validator -type f)
	@mvn --quiet --batch-mode --file tests/validator/pom.xml package

differential: .venv/dev.stamp ## hold the engine to the specification at length, over random policies and people
	@PEER_MATCH_CASES=$${PEER_MATCH_CASES:-20000} PEER_MATCH_SESSIONS=$${PEER_MATCH_SESSIONS:-100000} \
	  $(BIN)/pytest --timeout 3600 -n $(TESTS_IN_PARALLEL) -m differential

crash: .venv/dev.stamp ## kill the path from event to delivery at every step, on both databases (long); KILLS=1000
	@PYTHONPATH=tests $(BIN)/python -m crash.run --kills $${KILLS:-1000}

mutation: .venv/dev.stamp ## plant small faults in decide/ and see the tests find them (long); ONLY="plan score" takes some files
	@PYTHONHASHSEED=0 PYTHONPATH=src:tests $(BIN)/python -m mutation.run $(ONLY)

benchmark: .venv/dev.stamp ## time assessing and the way to an EHR, with 1,000 and 100,000 people (long)
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.assess
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.round_trip

full: .venv/dev.stamp ## test against the whole corpora (minutes)
	@$(MAKE) --no-print-directory validator
	@if [[ ! -d "$$PEER_MATCH_CORPUS/meetings" ]]; then echo "$$NO_CORPUS" >&2; [[ "$${CI:-}" != true ]]; fi
	@$(BIN)/pytest -n $(TESTS_IN_PARALLEL) -m corpus --timeout 1800

audit: .venv/dev.stamp ## look up known vulnerabilities of everything locked
	@for lock in requirements-build.lock requirements.lock requirements-dev.lock; do \
	  echo "$$lock"; \
	  $(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
	    --requirement $$lock; \
	done

lock: .venv/python.stamp ## rewrite the lock files; UPGRADE=--upgrade takes newer versions
	@$(BIN)/python -m venv build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check install --quiet uv==0.13.9
	@compile() { build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$$@"; }; \
	compile $(UPGRADE) pyproject.toml --extra all --group dev --output-file requirements-dev.lock; \
	compile --constraint requirements-dev.lock pyproject.toml --extra all \
	    --output-file requirements.lock; \
	compile --constraint requirements-dev.lock --group build --output-file requirements-build.lock

clean: ## remove everything that was built or downloaded here
	rm -rf .venv build dist .hypothesis .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up: each step leaves a stamp and runs again only when what it reads has changed ----------

define NO_PYTHON
peer_match needs Python 3.11 or 3.12 with the venv module, and none was found.
  Debian, Ubuntu:  sudo apt-get install python3 python3-dev python3-venv
  macOS:           brew install python@3.12
  elsewhere:       install it, then: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12
endef
define NO_COMPILER
peer_match needs a C compiler and the Python headers: the rules kernel ships as source.
  Debian, Ubuntu:  sudo apt-get install gcc python3-dev
  macOS:           xcode-select --install
endef
define NO_CORPUS
The corpora of real feeds and records are not here, so the tests that read them are skipped.
  to run them: make full PEER_MATCH_CORPUS=/path/to/the/folder   (it holds `meetings` and `patients`)
endef
export NO_PYTHON NO_COMPILER NO_CORPUS

# A candidate counts only if it runs: a version manager's shim may stand for a Python that is not there.
SUITABLE := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))
COMPILES := printf '\#include <Python.h>\n' | $${CC:-cc} -fsyntax-only -x c -I"$$($(BIN)/python -c \
  'import sysconfig; print(sysconfig.get_path("include"))')" -

.venv/python.stamp:
	@for python in $(or $(PYTHON),python3 python3.12 python3.11 python); do \
	  if $$python -c '$(SUITABLE)' 2> /dev/null; then \
	    $$python -m venv .venv; touch $@; exit 0; \
	  fi; \
	done; echo "$$NO_PYTHON" >&2; exit 1

.venv/build.stamp: requirements-build.lock .venv/python.stamp
	@$(COMPILES) 2> /dev/null || { echo "$$NO_COMPILER" >&2; exit 1; }
	@echo "Setting up .venv (once)" >&2
	@$(PIP) $(LOCKED) --requirement requirements-build.lock
	@touch $@

.venv/runtime.stamp: requirements.lock pyproject.toml .venv/build.stamp
	@$(PIP) $(LOCKED) --requirement requirements.lock
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/runtime.stamp
	@$(PIP) $(LOCKED) --requirement requirements-dev.lock
	@touch $@
