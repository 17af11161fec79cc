# make demo   reads the reference record and leaves a graph and a page in exports/
# make test   the whole test suite        make core   its fast part (under a minute)
# Everything lives in .venv; versions are locked in requirements.lock.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
SHARED ?= ../shared
DATA   ?= $(SHARED)

.PHONY: setup demo test core check fix golden bench bench-quality readme train exports clean
setup: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kg needs Python 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY)
	$(BIN)/kg build examples/NCT06592989.txt --out exports
	$(BIN)/kg query exports drug-targets
	@echo "The graph is exports/graph.nq (and .ttl); open exports/graph.html in a browser."

test: $(READY)
	$(BIN)/python -m pytest

core: $(READY)
	$(BIN)/python -m pytest -q -m "not slow and not browser"

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/python -m pytest

fix: $(READY)
	$(BIN)/ruff check --fix .

golden: $(READY)
	$(BIN)/python -m tests.golden.refresh

bench: $(READY)
	$(BIN)/python scripts/bench.py --shared $(SHARED)

bench-quality: $(READY)
	$(BIN)/kg bench --shared $(SHARED) --ordinary tests/gold/ordinary.jsonl --last docs/bench.json --save docs/bench.json

readme: demo
	$(BIN)/python scripts/readme.py $(SHARED)

train: $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-train.lock
	$(BIN)/python training/train_boundaries.py $(DATA)
	$(BIN)/python -m training.rule_precision $(DATA)
	$(BIN)/python -m training.train_fast $(DATA) --gold tests/gold --held -1 --work build/fast
	$(BIN)/python -m training.prepare $(DATA) --out build/encoder/prepared.xz
	$(BIN)/python -m training.adapt prepare $(DATA) --out build/encoder/texts.npy
	$(BIN)/python -m training.adapt train build/encoder/texts.npy --out build/encoder/adapted.pt
	$(BIN)/python -m training.train build/encoder/prepared.xz --base build/encoder/adapted.pt --out build/encoder
	$(BIN)/python -m training.export build/encoder/last_21.pt --out kg/models/encoder
	$(BIN)/python -m training.train_statements $(DATA) --least 0.3 --write

exports: demo

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
