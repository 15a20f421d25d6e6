# Everything that a person or the continuous integration does with this repository.
#
#   make build     the compiler, optimised: target/release/compiler
#   make watch     the compiler on docs/examples/life.zig, rebuilding at every save: target/life
#   make test      all tests (fetches the oracle first when it is missing)
#   make oracle-syntax   20,000 mutants of real sources against real Zig's parser and name checker
#   make soak-edits  10,000 random edits against builds from nothing and real Zig (EDITS=n, EDITS_SEED=n,
#                    EDITS_LIMIT=seconds, EDITS_ORACLE=n: one update in n is put to real Zig)
#   make fuzz      ten minutes each of lexer, parser, fmt and ast-check on damaged fixtures
#   make lint      formatting and clippy, warnings are errors
#   make bench     edits and builds beside real Zig 0.15.2 and 0.17.0, in one run; renews docs/performance.md
#   make bench-watch  from a save to the event, beside a bare read loop; 100,000 watched files
#   make soak      100,000 random file operations under each backend of the watch layer
#   make oracle    real Zig 0.15.2 in a virtual environment under target/oracle
#   make oracle17  real Zig 0.17.0 under target/oracle17, which only the bench uses
#   make install   the compiler into $(PREFIX)/bin, completions and manual pages beside it

CARGO  ?= cargo
PYTHON ?= python3
PREFIX ?= $(HOME)/.local

.PHONY: build watch test soak-edits oracle-syntax fuzz lint bench bench-watch soak oracle oracle17 oracle-if-possible install clean

build:
	$(CARGO) build --release -p compiler

watch: build
	@mkdir -p target
	$${CARGO_TARGET_DIR:-target}/release/compiler build-exe docs/examples/life.zig --watch -femit-bin=target/life

# The harnesses drive the compiler as a process, so it is built before they run.
test: oracle-if-possible
	$(CARGO) build -p compiler
	$(CARGO) test --workspace --quiet

# The figures; `make test` runs a few hundred.
oracle-syntax: oracle
	MUTANTS=$${MUTANTS:-20000} $(CARGO) test -q -p ir --test mutants --test zon -- --nocapture

EDITS       ?= 10000
EDITS_SEED  ?= 1
EDITS_LIMIT ?= 7200

soak-edits: oracle-if-possible
	EDITS=$(EDITS) EDITS_SEED=$(EDITS_SEED) EDITS_LIMIT=$(EDITS_LIMIT) $(CARGO) test -p tests --test edits

# Ten minutes of each target; findings are written to the working directory.
fuzz:
	$(CARGO) run --release -p ir --example fuzz -- $${SECONDS_EACH:-600} $${SEED:-1}

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

bench: build oracle
	@$(PYTHON) tests/oracle.py --soft 0.17.0
	$(CARGO) build --release -p syntax --example throughput
	$(PYTHON) benches/run.py --docs

bench-watch:
	$(CARGO) run --release -q -p stdlib-ports --example bench_watch

soak:
	$(CARGO) run --release -q -p stdlib-ports --example soak_watch

oracle:
	@$(PYTHON) tests/oracle.py

oracle17:
	@$(PYTHON) tests/oracle.py 0.17.0

oracle-if-possible:
	@$(PYTHON) tests/oracle.py --soft || true

install: build
	install -D -m 755 $${CARGO_TARGET_DIR:-target}/release/compiler $(DESTDIR)$(PREFIX)/bin/compiler
	@set -e; bin=$(DESTDIR)$(PREFIX)/bin/compiler; share=$(DESTDIR)$(PREFIX)/share; \
	mkdir -p $$share/bash-completion/completions $$share/zsh/site-functions $$share/fish/vendor_completions.d $$share/man/man1; \
	$$bin completions bash > $$share/bash-completion/completions/compiler; \
	$$bin completions zsh > $$share/zsh/site-functions/_compiler; \
	$$bin completions fish > $$share/fish/vendor_completions.d/compiler.fish; \
	$$bin man > $$share/man/man1/compiler.1; \
	for c in build-exe build-obj build-lib run fmt ast-check; do $$bin man $$c > $$share/man/man1/compiler-$$c.1; done

clean:
	$(CARGO) clean
