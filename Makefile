# The two commands that matter are `make run` and `make test`. Each sets up what it needs in .venv, and does nothing
# about it the second time.

.POSIX:
.PHONY: help run test test-both test-fast test-browser matrix fuzz nightly lint types coverage bench lock messages clean distclean setup setup-ocr setup-dev
.DEFAULT_GOAL := help

PYTHON =
ARGS =
EXAMPLES = 1000
ON_OWN = PYTHON="$(PYTHON)" sh requirements/install
IN = .venv/bin

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo '  ARGS="..." is passed on, e.g. make test ARGS="tests/accounts -k grant"'

setup: ## .venv with what running needs
	@$(ON_OWN) base

setup-ocr: ## the same, with what reads the text in pictures (docs/media.md)
	@$(ON_OWN) ocr

setup-dev: ## .venv with what testing and linting need
	@$(ON_OWN) dev

run: setup ## the whole service with demo data on this machine (Ctrl-C ends it)
	@exec env IMPRIMATUR_DEBUG=1 $(IN)/python manage.py run_embedded $(ARGS)

test: setup-dev ## all tests: on SQLite, and on PostgreSQL and Redis where they answer (most on one of the two)
	@exec $(IN)/python -m tests.run $(ARGS)

test-fast: setup-dev ## SQLite alone, without browsers and processes
	@exec $(IN)/python -m pytest -q -m "not slow and not browser" $(ARGS)

test-browser: setup-dev ## the browser tests alone
	@exec $(IN)/python -m pytest tests/browser $(ARGS)

test-both: setup-dev ## all tests on both databases; in make test most are asked on one of them
	@exec env IMPRIMATUR_TEST_BOTH=1 $(IN)/python -m tests.run $(ARGS)

matrix: setup-dev ## everybody at every address, all of it on both databases (in make test some of them ask at each, on one of them)
	IMPRIMATUR_TEST_WHOLE_MATRIX=1 $(IN)/python -m pytest -q tests/matrix $(ARGS)
	IMPRIMATUR_TEST_WHOLE_MATRIX=1 IMPRIMATUR_TEST_DATABASE=postgresql $(IN)/python -m pytest -q tests/matrix $(ARGS)

fuzz: setup-dev ## made-up requests, damaged media and texts, hostile landing pages, expressions and histories of access and approval by the thousand (EXAMPLES=200 for fewer)
	@exec env IMPRIMATUR_TEST_EXAMPLES=$(EXAMPLES) $(IN)/python -m pytest -q tests/api/test_schema_fuzz.py tests/campaigns/test_media_fuzz.py tests/campaigns/test_media_reading_fuzz.py tests/campaigns/test_media_corpus.py tests/governance/test_landing_page_fuzz.py tests/governance/test_texts_fuzz.py tests/governance/test_expressions.py tests/accounts/test_grants_model.py tests/approvals/test_model.py $(ARGS)

nightly: setup-dev ## 200,000 steps of random histories of approval (5,000 histories, half on each database) against the naive model
	IMPRIMATUR_TEST_EXAMPLES=2500 $(IN)/python -m pytest -q tests/approvals/test_model.py $(ARGS)
	IMPRIMATUR_TEST_EXAMPLES=2500 IMPRIMATUR_TEST_DATABASE=postgresql $(IN)/python -m pytest -q tests/approvals/test_model.py $(ARGS)

lint: setup-dev ## what CI checks beside the tests: style, types, import contract, migrations
	$(IN)/ruff check .
	$(IN)/lint-imports --no-logo
	IMPRIMATUR_DEBUG=1 $(IN)/python manage.py makemigrations --check --dry-run
	$(IN)/mypy

types: setup-dev ## types alone
	$(IN)/mypy

coverage: setup-dev ## which lines the tests on SQLite reach
	$(IN)/python -m pytest -q --cov --cov-report=term $(ARGS)

bench: setup-dev ## how many whole cycles a second, against the floor; ARGS="listing": pages at a million ads
	@exec $(IN)/python -m bench $(ARGS)

lock: setup-dev ## pin the newest allowed versions, with hashes and without addresses
	$(IN)/uv pip compile --quiet --universal --generate-hashes --upgrade pyproject.toml -o requirements/base.txt
	$(IN)/uv pip compile --quiet --universal --generate-hashes pyproject.toml --extra ocr -c requirements/base.txt -o requirements/ocr.txt
	$(IN)/uv pip compile --quiet --universal --generate-hashes pyproject.toml --extra ocr --group dev -c requirements/ocr.txt -o requirements/dev.txt
	{ sed -n 1,2p requirements/tools.txt; sed -n '/^uv==/,/# via/p' requirements/dev.txt | sed '/# via/d' | sed '$$ s/ \\$$//'; } > requirements/tools.new
	mv requirements/tools.new requirements/tools.txt

messages: setup-dev ## bring locale/ up to date with the source
	IMPRIMATUR_DEBUG=1 $(IN)/python manage.py makemessages --locale de --ignore .venv --ignore var
	IMPRIMATUR_DEBUG=1 $(IN)/python manage.py compilemessages --locale de --ignore .venv

clean: ## remove what runs left behind: demo data, caches
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage .coverage.*
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean ## also remove .venv
	rm -rf .venv
