# Everything that a person or the continuous integration does with this repository.
#
#   make build     the compiler, optimised: target/release/compiler
#   make watch     the compiler on docs/examples/life.zig, rebuilding at every save: target/life
#   make test      all tests (fetches the oracle first when it is missing)
#   make lint      formatting and clippy, warnings are errors
#   make bench     ratios against real Zig, side by side in one run
#   make oracle    real Zig 0.15.2 in a virtual environment under target/oracle
#   make install   the compiler into $(PREFIX)/bin

CARGO  ?= cargo
PYTHON ?= python3
PREFIX ?= $(HOME)/.local

.PHONY: build watch test lint bench oracle oracle-if-possible install clean

build:
	$(CARGO) build --release -p compiler

watch: build
	@mkdir -p target
	$${CARGO_TARGET_DIR:-target}/release/compiler build-exe docs/examples/life.zig --watch -femit-bin=target/life

# The harnesses drive the compiler as a process, so it is built before they run.
test: oracle-if-possible
	$(CARGO) build -p compiler
	$(CARGO) test --workspace --quiet

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

bench: build oracle
	$(PYTHON) benches/run.py

oracle:
	@$(PYTHON) tests/oracle.py

oracle-if-possible:
	@$(PYTHON) tests/oracle.py --soft || true

install: build
	install -D -m 755 $${CARGO_TARGET_DIR:-target}/release/compiler $(DESTDIR)$(PREFIX)/bin/compiler

clean:
	$(CARGO) clean
