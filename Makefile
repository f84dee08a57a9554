# Everything a person or CI runs.  Needs python3 >= 3.11 and make; the first call of any target sets up .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.bench
WORKERS ?= 2

.PHONY: demo test coverage check serve bench install pins clean help

help:
	@echo "make demo    the main job on sample documents with a real local model"
	@echo "make test    the whole test suite"
	@echo "make coverage the tests, and which lines it ran"
	@echo "make check   ruff, mypy --strict, import contracts"
	@echo "make serve   the sidecar on 127.0.0.1:8642"
	@echo "make bench   speed and recall figures, beside other matchers (an hour; BENCH=--quick: some minutes)"

install: $(STAMP)

$(STAMP): requirements/dev.txt requirements/model.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "echoguard needs Python 3.11 or newer; this is %s. Set PYTHON=/path/to/python3" % sys.version.split()[0])'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "python3 has no venv module; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) (about 1 GB, a few minutes the first time) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt -r requirements/model.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)
	@$(BIN)/echoguard demo

test: $(STAMP)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

# The same, counting which lines ran: three times as slow where loops are Python's.
coverage: $(STAMP)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --cov --cov-report=term:skip-covered

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

serve: $(STAMP)
	@$(BIN)/echoguard serve

# BENCH takes options of the bench of matching, such as BENCH=--quick or BENCH="--size 120".
bench: $(BENCH_STAMP)
	@$(BIN)/python -m bench $(BENCH)

# Peers and plots: only the bench needs them.
$(BENCH_STAMP): $(STAMP) requirements/bench.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/bench.txt
	@touch $@

# After a change of dependencies: needs `uv` on the path; hashes in, index addresses out.
pins:
	uv pip compile pyproject.toml --extra demo --extra postgres --extra openfga --extra redis --extra assurance --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --no-emit-index-url --no-emit-find-links -o requirements/dev.txt
	uv pip compile pyproject.toml --extra postgres --extra openfga --extra redis --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --no-emit-index-url --no-emit-find-links -o requirements/run.txt
	uv pip compile --group bench --constraint requirements/dev.txt --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --no-emit-index-url --no-emit-find-links -o requirements/bench.txt

clean:
	rm -rf $(VENV) build dist *.egg-info
