# `make run` and `make test` do everything on a fresh machine; see README.md.
PYTHON_BIN := .venv/bin/python
CODE := config tenants team stores conversations orders intake policies kpis desk payroll tests benchmarks scripts manage.py
# Rooms are built one after another: check those that exist.
CODE := $(wildcard $(CODE))
PURE := $(wildcard stores/platforms tests/reference $(addsuffix .py,$(addprefix kpis/,definitions measures attribution)))
ARGS ?=
.PHONY: setup run worker seed test check migrate benchmark stop lock clean

setup:
	@scripts/setup

run: setup
	@exec $(PYTHON_BIN) -m config.run

worker: setup
	@exec $(PYTHON_BIN) -m config.run worker beat

seed: setup
	$(PYTHON_BIN) manage.py load_demo $(ARGS)

migrate: setup
	$(PYTHON_BIN) manage.py migrate $(ARGS)

check: setup
	.venv/bin/ruff check $(CODE)
	.venv/bin/ruff format --check $(CODE)
	.venv/bin/lint-imports
	.venv/bin/mypy $(PURE)
	$(PYTHON_BIN) manage.py makemigrations --check --dry-run
	$(PYTHON_BIN) manage.py check

# pytest last, so that its closing line is the last one.
test: check
	@chromium=$$(scripts/find_chromium) && CHROMIUM="$$chromium" $(PYTHON_BIN) -m pytest -n 2 $(ARGS)

benchmark: setup
	@if [ -f benchmarks/run.py ]; then $(PYTHON_BIN) benchmarks/run.py $(ARGS); else echo "no benchmarks/run.py"; exit 1; fi

stop:
	@if [ -x $(PYTHON_BIN) ]; then $(PYTHON_BIN) -m config.run stop && $(PYTHON_BIN) manage.py servers stop; fi

# Both lists for every platform and Python version, with all hashes the registry has for a release.
COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: setup
	$(COMPILE) $(ARGS) pyproject.toml -o requirements.txt
	$(COMPILE) --extra dev --extra benchmark -c requirements.txt pyproject.toml -o requirements-dev.txt
	npm install --package-lock-only --ignore-scripts --loglevel=error

# Everything made from the sources; never the data in var/.
clean: stop
	rm -rf .venv node_modules .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	if [ -d locale ]; then find locale -name '*.mo' -delete; fi
