# make demo: from a clean clone to the cost of a trained network's integers.
# make test: everything that CI runs.  make slow: the long scientific checks.
# make docs: the pages of docs as HTML, in build/docs.
# make peers: comparisons with SANA-FE, NeuroBench and sinabs, each in an environment of its own;
#             writes docs/peers.md (some minutes, and some GB in ~/.cache/neurodeploy/peers).
# make bench: how fast ours and the peers are, on an idle machine; writes docs/bench.md (about ten
#             minutes once the peers' environments are built; in parts: python -m tools.bench --help).
# make wheel: builds dist/neurodeploy-*.whl and holds what is in it against the repository.
# make wheels: installs it without torch on every Python that is there, and follows docs/start.md.
# make cifar: robust conversion and DSR on CIFAR-10 (a day or more on one GPU); without CUDA the same
#             lines run on noise.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo docs test slow lava peers cifar chromium lint bench wheel wheels screenshot clean

$(VENV)/.made: constraints.txt pyproject.toml
	@if [ -d $(VENV) ] && ! $(BIN)/python -c "" 2>/dev/null; then rm -rf $(VENV); fi
	[ -d $(VENV) ] || $(PYTHON) -m venv $(VENV)
	$(INSTALL) torch==2.13.0
	$(INSTALL) -e '.[train,tune,attack,onnx,dask,docs,dev]'
	touch $@

demo: $(VENV)/.made
	$(BIN)/neurodeploy demo --train -o build/demo

test: $(VENV)/.made lint lava chromium
	$(BIN)/pytest -n auto --dist worksteal

lint: $(VENV)/.made
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Lava's own environment, in the user's cache; without it Lava's tests skip and say why.
lava: $(VENV)/.made
	@$(BIN)/neurodeploy env status loihi-sim >/dev/null \
		|| $(BIN)/neurodeploy env create loihi-sim \
		|| echo "Lava's tests will skip"

# Browser tests drive Debian's chromium; without it they skip and say why.
chromium:
	@command -v chromium >/dev/null \
		|| { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium; } \
		|| echo "no chromium, browser tests will skip: apt-get install -y chromium"

# The pages of docs, with a reference of commands, Python and error codes, as HTML in build/docs. A
# warning is an error; nothing is fetched.
docs: $(VENV)/.made
	$(BIN)/python -m tools.docs build/docs

# The picture of a report in README.md.
screenshot: $(VENV)/.made
	$(BIN)/python tools/screenshot.py

slow: $(VENV)/.made lava
	$(BIN)/pytest -n auto --dist worksteal -m slow

PEERS := build/peers
peers: $(VENV)/.made
	$(BIN)/python tools/peers/environments.py
	rm -rf $(PEERS)
	NEURODEPLOY_PEERS_RESULTS=$(PEERS) $(BIN)/pytest -n auto --dist loadfile -m peers tests/peers
	$(BIN)/python tools/peers/document.py $(PEERS) docs/peers.md

cifar: $(VENV)/.made
	$(BIN)/python -m examples.cuda.cifar

bench: $(VENV)/.made lava
	mkdir -p build/bench
	find neurodeploy targets -name '*.nb[ic]' -delete  # numba's cache does not see a callee's file change
	-$(BIN)/python tools/peers/environments.py snntorch spikingjelly norse sinabs sanafe
	$(BIN)/pytest -q -n 0 -m bench tests/benchmarks --benchmark-json=build/bench/pytest.json
	$(BIN)/python -m tools.bench
	$(BIN)/python tools/readme.py

wheel: $(VENV)/.made
	$(BIN)/python -m tools.wheels.content

wheels: wheel
	$(BIN)/python -m tools.wheels.first_report

clean:
	rm -rf $(VENV) build
