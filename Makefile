# `make` says what one can do.
PYTHON ?= python3
HERE := .venv/bin/python -m gridgov.local
export PORT LAN HTTPS ARGS

help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

install: ## system packages and .venv; does nothing when nothing changed
	@$(PYTHON) gridgov/local/install.py

run: install ## the demo street on this machine until Ctrl-C (PORT=8000 LAN=1 HTTPS=1)
	@$(HERE) run

up: install ## the same in the background
	@$(HERE) up

installed:
	@test -e .venv/.installed || { echo "It is not installed yet: make run"; exit 3; }

down: installed ## stop what `make up` started
	@$(HERE) down

status: installed ## where it runs and whether everything is fine
	@$(HERE) status

demo-reset: install ## throw the demo street away and load it anew
	@$(HERE) demo-reset

empty: install ## throw everything away and begin with an empty database, as an office does (`make demo-reset` goes back)
	@$(HERE) empty

install-tests:
	@$(PYTHON) gridgov/local/install.py --tests

test: install-tests ## every test, on throw-away servers (ARGS="-k name")
	@$(HERE) test

faults: install-tests ## everything that breaks, on processes and servers of its own; fails when anything is lost or doubled (ARGS=Redis)
	@.venv/bin/python -m tests.faults $(ARGS)

test-e2e: install-tests ## the browser tests alone: the phone without a signal, the main path, looks (part of make test)
	@$(HERE) test tests/e2e
.PHONY: test-e2e

shake: install-tests ## the browser tests against a server that answers late and unevenly: finds tests, and pages, that count on speed
	@GRIDGOV_SHAKE=0.5 $(HERE) test tests/e2e $(ARGS)
.PHONY: shake

smoke-browsers: install-tests ## the field door of a running demo (make up) in Firefox ESR and WebKitGTK, which it installs
	@.venv/bin/python -m tests.browsers

screenshots: install-tests ## the pictures of the READMEs anew, from a running demo (make up)
	@.venv/bin/python -m tests.browsers.screenshots
.PHONY: screenshots

nightly: install-tests ## the properties with very many examples, and the long stateful walks
	@GRIDGOV_NIGHTLY=1 $(HERE) test -m nightly

fuzz: install-tests ## hostile requests by every role to every address and form of the demo, on throw-away servers (ARGS="--seed 2")
	@$(HERE) with-servers python -m tests.fuzz
.PHONY: fuzz

lint: install-tests ## ruff, djlint, mypy, import order, migrations, compose file
	@$(HERE) lint

bench: install ## figures of load, on throw-away servers
	@$(HERE) with-servers python -m benchmarks

bench-escalation: install ## 200,000 due deadlines against one SQL statement, on throw-away servers (ARGS=20000)
	@$(HERE) with-servers python -m benchmarks.escalation

replay: install ## real tickets of New York and Taipei through the routing, on throw-away servers
	@$(HERE) with-servers python -m benchmarks.replay

bench-editor: install-tests ## the boundary editor with 456 real polygons in a real browser, on throw-away servers
	@$(HERE) with-servers python -m benchmarks.editor

bench-tiles: install-tests ## vector tiles of 3,000 and 20,000 polygons: time, size, first paint, on throw-away servers
	@$(HERE) with-servers python -m benchmarks.tiles

bench-plans: install ## how long boundary plans take to check: real 里, 3,000 and 20,000 polygons
	@$(HERE) with-servers python -m benchmarks.plans

bench-proposals: install ## proposed divisions: seconds, largest ÷ smallest, compactness; demo street, real 里, 2,000 buildings
	@$(HERE) with-servers python -m benchmarks.proposals

bench-what-if: install ## what an edit of limits, ladder or calendar would move, of 20,000 running deadlines, on throw-away servers
	@$(HERE) with-servers python -m benchmarks.what_if

bench-pages: install ## every sort of page after years: 24,000 incidents, 50,000 buildings, 5,000 people (ARGS=500: 120,000), on throw-away servers
	@$(HERE) with-servers python -m benchmarks.pages

bench-coverage: install ## a walk of three hours over 1,000 grids: what was looked at, on throw-away servers
	@$(HERE) with-servers python -m benchmarks.coverage

bench-phone: install-tests ## taps and seconds of a report, first use on a slow line, 200 records, size of the phone's program
	@$(HERE) test tests/e2e tests/architecture/test_phone_program.py -q -k "four_taps or slow_line or whole_program"

faults-phone: install-tests ## what a phone must survive, in a real browser: injected, lost, doubled, a line each
	@$(HERE) test tests/e2e/test_tray_delivery.py tests/e2e/test_tray_keeping.py tests/sync/test_replay.py -q

lock: install ## requirements.lock from requirements.txt and requirements-dev.txt
	@UV_PYTHON_DOWNLOADS=never .venv/bin/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --no-emit-find-links requirements.txt requirements-dev.txt -o requirements.lock

.PHONY: faults-phone help install install-tests installed run up down status smoke-browsers demo-reset empty test faults nightly lint bench bench-escalation replay lock bench-editor bench-phone bench-coverage bench-plans bench-what-if bench-tiles bench-pages
.DEFAULT_GOAL := help
