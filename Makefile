# What a newcomer and CI run. `make` alone prints the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

TABLES := experiments/contrastive_table1 experiments/csnet_table3

.DEFAULT_GOAL := help
.PHONY: help demo summarize report test test-all lint bench wheel clean

help: ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

# installed again whenever what is to be installed changes
$(VENV)/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $@

$(VENV)/installed-video: $(VENV)/installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[video]'
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

# three epochs of CSNet, not the paper's 20: a newcomer sees the way it goes, on data that is no benchmark
demo: $(VENV)/installed ## run CSNet, shortly, and consensus on the bundled demo data, to a table and report.html
	$(BIN)/vsumlab run -m experiment=csnet_canonical trainer.max_epochs=3 hydra.sweep.dir=runs/demo
	$(BIN)/vsumlab run -m experiment=consensus_canonical hydra.sweep.dir=runs/demo
	$(BIN)/vsumlab report runs/demo -o report.html
	@echo "$(CURDIR)/report.html: a page of both, to open in a browser"

summarize: $(VENV)/installed-video ## make a short film of moving shapes, and its summary: a page to open in a browser
	$(BIN)/python -m vsumlab.video.demo film.mp4
	$(BIN)/vsumlab summarize film.mp4
	@echo "$(CURDIR)/summaries/film/summary.html: a page with the player, to open in a browser"

report: $(VENV)/installed ## report.html from the committed results of both papers, real TVSum and SumMe
	$(BIN)/vsumlab report $(TABLES) -o report.html

test: $(VENV)/installed-dev ## run the tests, but for the long ones
	$(BIN)/python -m pytest -n 2 -m 'not slow'

test-all: $(VENV)/installed-dev ## run all tests
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/installed-dev ## check style, types, and which room imports which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/installed-dev ## time the hot paths against plain references
	$(BIN)/python -m pytest tests/bench --benchmark-only --benchmark-columns=median,ops,rounds -s

wheel: $(VENV)/installed-dev ## build the wheel into dist/
	$(BIN)/python -m build --wheel

clean: ## remove what was built, not what was run
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache
