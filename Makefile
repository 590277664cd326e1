# Everything a person does with this checkout. `make help` lists the targets; each sets up what it needs.

PYTHON ?= python3
PREFIX ?= $(HOME)/.local
# What the benchmarks read; name your own vaults:  make bench VAULTS="~/notes ~/work"
VAULTS ?= templates/sample-vault docs
VENV := .venv
BIN := $(VENV)/bin
export LANG ?= C.UTF-8

# Run a Debian package installation when it is permitted: as root, or by sudo without a password.
AS_ROOT = $(shell if [ "$$(id -u)" = 0 ]; then echo env; elif sudo -n true 2>/dev/null; then echo sudo -n; fi)
APT_INSTALL = [ -n "$(AS_ROOT)" ] && command -v apt-get >/dev/null && $(AS_ROOT) apt-get update -qq && $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends

.DEFAULT_GOAL := help
.PHONY: help venv install uninstall demo docs test quick chromium check bench \
  campaign-crashes campaign-faults campaign-sync format generate stories-update golden-update clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

$(VENV)/.ready: pyproject.toml bin/compile_modules.py $(shell find pkm -name '*.pyx')
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "pkm needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12"; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) || { $(APT_INSTALL) python3-venv && $(PYTHON) -m venv --clear $(VENV); }
	@$(BIN)/python -m pip install --quiet --upgrade pip || echo "pip stays as it is: it could not be upgraded."
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@$(BIN)/python -c 'import pkm.markdown.scan_plain' 2>/dev/null || echo "Nothing is compiled: pkm works, but fills an index a fifth slower. With gcc and Python's headers (python3-dev), make -B venv compiles it."
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q pkm # starting is fast only with compiled modules
	@touch $@

venv: $(VENV)/.ready  ## make .venv with pkm and the tools to develop it

install:  ## install pkm for yourself, into ~/.local (PREFIX=…)
	@$(PYTHON) -m venv "$(PREFIX)/share/pkm/venv"
	@"$(PREFIX)/share/pkm/venv/bin/python" -m pip install --quiet .
	@mkdir -p "$(PREFIX)/bin" && ln -sf "$(PREFIX)/share/pkm/venv/bin/pkm" "$(PREFIX)/bin/pkm"
	@echo "Installed $$("$(PREFIX)/bin/pkm" --version) as $(PREFIX)/bin/pkm"
	@command -v pkm >/dev/null || echo "Add $(PREFIX)/bin to your PATH to call it as pkm."

uninstall:  ## remove what `make install` installed; no vault is touched
	@rm -rf "$(PREFIX)/share/pkm/venv" && rm -f "$(PREFIX)/bin/pkm"
	@echo "Removed $(PREFIX)/bin/pkm. Your vaults are as they were."

demo: $(VENV)/.ready  ## show the whole loop on a sample vault, in demo-vault/
	@PKM="$(CURDIR)/$(BIN)/pkm" bin/demo demo-vault

docs: $(VENV)/.ready  ## publish the documentation, into docs/garden/
	@$(BIN)/pkm --vault docs publish --yes

test: $(VENV)/.ready chromium  ## run all tests (ARGS="-k story" narrows)
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal $(ARGS)

quick: $(VENV)/.ready  ## run the tests that build and install nothing
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow" $(ARGS)

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { $(APT_INSTALL) chromium; } || echo "No Chromium here, and it may not be installed: tests marked browser are skipped. Install it with: sudo apt-get install chromium"

check: $(VENV)/.ready  ## lint, format, types, floors, generated files, documentation
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pkm.cli.reference --check
	@$(BIN)/pkm --vault docs check --rule broken-link --rule ambiguous-link --rule alias-link --rule front-matter --rule orphan

bench: $(VENV)/.ready  ## measure: pkm beside rg, git, find; front matter, scanner, sync (VAULTS="…" names what is read)
	@$(BIN)/python benchmarks/speed.py
	@$(BIN)/python benchmarks/front_matter.py $(VAULTS)
	@$(BIN)/python benchmarks/scan.py $(VAULTS)
	@$(BIN)/python benchmarks/sync.py

RUNS ?= 10000
HISTORIES ?= 500

campaign-crashes: $(VENV)/.ready  ## kill -9 every writing verb at random, RUNS times (about two hours for 10,000)
	@$(BIN)/python tests/campaigns/crashes.py --runs $(RUNS)

campaign-faults: $(VENV)/.ready  ## every file-system call of a writing verb or a sync killed, then failing; needs strace
	@$(BIN)/python -m tests.campaigns.verb_faults
	@$(BIN)/python tests/campaigns/sync_faults.py

campaign-sync: $(VENV)/.ready  ## random weeks of three clones with kills and races, HISTORIES of them (hours)
	@PKM_HISTORIES=$(HISTORIES) $(BIN)/python -m pytest -q -n 2 --dist worksteal tests/sync/test_histories.py

format: $(VENV)/.ready  ## let ruff lay out the code and mend what it safely can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

generate: $(VENV)/.ready  ## write the help page, the completion table and the docs' reference from the commands
	@$(BIN)/python -m pkm.cli.reference

stories-update: $(VENV)/.ready  ## write what the console blocks really print; read the diff before you commit
	@$(BIN)/python -m tests.stories.runner $(ARGS)

golden-update: $(VENV)/.ready  ## write how the small garden of the tests looks now; read the diff before you commit
	@$(BIN)/python -m tests.share.garden.test_golden

clean:  ## remove what was built; .venv and vaults stay
	@rm -rf dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
