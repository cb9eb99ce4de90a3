# Needs Python 3.11, 3.12 or 3.13 and make. Everything else is put into .venv, once, and again when a pin changes.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)
PIP_FLAGS := --quiet --disable-pip-version-check --require-virtualenv

.DEFAULT_GOAL := help
.PHONY: help demo run test databases simulate kill replicas fuzz mutants coverage lint format messages bench lock chart-files \
	plain-rights image-check clean

help:
	@echo 'make demo      the whole service on loopback stand-ins; ARGS=--once plays one story and ends'
	@echo 'make run       serve, with the settings of the environment and .env'
	@echo 'make test      lint, types, import contract, tests; ARGS= goes to pytest'
	@echo 'make databases what services and actors are tested with on SQLite and on PostgreSQL, each test on both'
	@echo 'make simulate  many seeded lives of the service, SEEDS=500; SEED=123 tells one'
	@echo 'make kill      kill the service at every named point, ROUNDS=20 times each; copies and SIGTERMs under load'
	@echo 'make replicas  two replicas on one PostgreSQL, killed, frozen or cut off in turn for MINUTES=10 under load'
	@echo 'make fuzz      COUNT=100000 webhooks nobody should send, and half as many steps of incidents and cards in any order'
	@echo 'make mutants   change what guards, mistake by mistake, and say which its tests do not notice; ARGS= names modules'
	@echo 'make coverage  branches of the doors, the judges and the audit log that their own tests take'
	@echo 'make lint      everything of that but the tests'
	@echo 'make format    format, and mend what can be mended'
	@echo 'make messages  collect and compile translations'
	@echo 'make bench     measure what has a figure, beside ceilings and peers; ARGS= names subjects'
	@echo 'make lock      pin what the image holds by hash, after requirements.txt has changed; takes uv'
	@echo 'make chart-files  give the chart copies of the alerts about the bot itself and of the dashboard'
	@echo 'make plain-rights  write the roles of deploy/kustomize from the chart'
	@echo 'make image-check  lay out what the image holds, without docker, measure it and let it serve; takes root'
	@echo 'make clean     remove what make made'

demo: $(VENV)/runtime
	@$(BIN)/python run.py demo $(ARGS)

run: $(VENV)/runtime
	@$(BIN)/python run.py $(ARGS)

# Many tests wait for what they have started: half as many again as there are processors keep those busy.
WORKERS = $(shell echo $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 )))

test: lint
	@for tool in curl openssl chromium promtool prometheus-alertmanager kubectl; do \
		command -v $$tool >/dev/null || echo "$$tool is missing: the tests that need it will be skipped"; done
	@$(BIN)/python -m pytest -rsR --numprocesses=$(WORKERS) --dist=worksteal $(ARGS)

KEEPING := tests/actors tests/api tests/db tests/flows

databases: $(VENV)/development
	@$(BIN)/python -m pytest -rs --numprocesses=auto --dist=worksteal --databases=both $(KEEPING) $(ARGS)

SEEDS := 500
SEED :=

simulate: $(VENV)/development
	@PYTHONHASHSEED=0 $(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

ROUNDS := 20

kill: $(VENV)/development
	@$(BIN)/python -m tests.killing --rounds $(ROUNDS) $(ARGS)

MINUTES := 10

replicas: $(VENV)/development
	@$(BIN)/python -m tests.replicas --minutes $(MINUTES) $(ARGS)

COUNT := 100000
FIRST := 0

fuzz: $(VENV)/development
	@$(BIN)/python -m tests.core.fuzz --count $(COUNT) --first $(FIRST)

mutants: $(VENV)/development
	@$(BIN)/python -m tests.mutating $(ARGS)

COVERING := tests/core/test_access.py tests/core/test_presses.py tests/web tests/db/test_audit.py tests/actors

coverage: $(VENV)/development
	@$(BIN)/python -m coverage run -m pytest -q $(COVERING)
	@$(BIN)/python -m coverage report

lint: $(VENV)/development
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/development
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

CATALOGUE := chatops/locale/chatops.pot
messages: $(VENV)/runtime
	@$(BIN)/pybabel -q extract --no-location --sort-output --keywords='say plain mark _m plural:1,2' \
		--project=chatops --output=$(CATALOGUE) chatops/core chatops/actors
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --domain=chatops --input-file=$(CATALOGUE) --output-dir=chatops/locale
	@$(BIN)/pybabel compile --domain=chatops --directory=chatops/locale

bench: $(VENV)/development
	@PYTHONPATH=. $(BIN)/python -m bench $(ARGS)

lock:
	@uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-annotate --no-header \
		--output-file deploy/requirements.lock requirements.txt

chart-files:
	@cp deploy/prometheus/rules.yaml deploy/helm/chatops/files/rules.yaml
	@cp deploy/grafana/chatops.json deploy/helm/chatops/files/dashboard.json

plain-rights: $(VENV)/development
	@$(BIN)/python -m tests.deploy.plain

image-check: $(VENV)/development
	@$(BIN)/python -m tests.deploy.image

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/runtime: requirements.txt
	@test -n "$(PYTHON)" || { echo 'Python 3.11, 3.12 or 3.13 is needed; PYTHON=/path/to/python3.12 names one' >&2; exit 1; }
	@echo 'making $(VENV) with $(PYTHON)'
	@$(PYTHON) -m venv --clear $(VENV) || { echo 'no venv: on Debian and Ubuntu `apt install python3-venv`' >&2; exit 1; }
	@$(BIN)/python -m pip install $(PIP_FLAGS) -r requirements.txt
	@touch $@

$(VENV)/development: requirements-dev.txt $(VENV)/runtime
	@$(BIN)/python -m pip install $(PIP_FLAGS) -r requirements-dev.txt
	@touch $@
