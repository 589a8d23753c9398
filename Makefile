# Two commands matter: `make run` and `make test`. The others are for people who change the code.
#
#   make run              environment, decision on real figures, decision.html, dashboard
#   make run OPEN=0       the same without the dashboard
#   make test             everything the tests need, then all tests
#   make test BROWSER=0   without the tests that drive a browser
#   make test LAB=0       without the laboratory, whose libraries are large
#   make check            format, lint, types, docstrings, then all tests: what a change must pass
#   make bench            time the solvers, ours and others (ARGS=--quick: under two minutes)
#   make format           lay the code out and mend what the linter can mend
#
# Settings: PYTHON=python3.12 (3.11 or newer), VENV=.venv, CASE=…, WORKERS=2, ARGS='…' (to pytest, or to the timings)

VENV    ?= .venv
CASE    ?= cifar10-two-defences
OPEN    ?= 1
BROWSER ?= 1
LAB     ?= 1
WORKERS ?= 2
ARGS    ?=
BIN     := $(VENV)/bin

export PYTHON
SHELL         := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check docs bench format environment environment-test environment-bench environment-dev clean

help:
	@sed -n 's/^#   //p' Makefile

run: environment
	@$(BIN)/advgame solve $(CASE)
	@echo
	@$(BIN)/advgame solve $(CASE) -o decision.html
	@if [ "$(OPEN)" != 0 ]; then \
	    echo; \
	    exec $(BIN)/advgame app; \
	fi

# Bytecode is kept, so that the many processes which tests start need not compile the package again.
test: export PYTHONDONTWRITEBYTECODE :=

# Linear algebra runs in one thread: the threads of two workers would wait for each other, busily.
test docs: export OMP_NUM_THREADS ?= 1

ifeq ($(BROWSER),0)
test: export CHROMIUM :=
test: SELECTION := -m "not browser"
test: environment-test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(SELECTION) $(ARGS) </dev/null
else
test: environment-test
	@browser=$$(tools/browser.sh $(BIN)/python) && \
	    CHROMIUM="$$browser" $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS) </dev/null
endif

check: environment-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy --strict
	@$(BIN)/python tools/docstrings.py --quiet
	@$(MAKE) --no-print-directory test

docs: environment-test
	@$(BIN)/python -m pytest -q src tests/test_readme.py tests/test_architecture.py </dev/null

bench: environment-bench
	@$(BIN)/python -m benchmarks $(ARGS)

format: environment-dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

environment:
	@tools/environment.sh $(VENV)

environment-test:
	@tools/environment.sh $(VENV) $(if $(filter 0,$(LAB)),test,test,lab)

environment-bench:
	@tools/environment.sh $(VENV) bench

environment-dev:
	@tools/environment.sh $(VENV) dev

clean:
	rm -rf $(VENV) build dist decision.html .pytest_cache .mypy_cache .ruff_cache .hypothesis
