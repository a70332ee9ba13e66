# What people type. Each target does the set-up it needs and is quick the second time.

.PHONY: demo test build bench chaos verify setup clean

RELEASE := $(CURDIR)/.build/release
BASELINE := .build/baseline

# The whole of Preflight against a throw-away world: the gate, the watched first run, the audit.
demo: build
	PATH="$(RELEASE):$$PATH" "$(RELEASE)/preflight" sandbox --latency 400ms -- \
		preflight launch checklists/embeddings.yaml

# What CI runs. The last line counts the tests.
test: setup
	scripts/verify

build: setup
	swift build --configuration release --static-swift-stdlib --product preflight

# The gate's speed beside psql's and the runner's beside its floor, in about two minutes.
# More: make bench BENCH="runner --rows 1000,1000000 --write".
bench: build $(BASELINE)
	scripts/bench $(BENCH)

# Workers killed, sessions ended, rows edited and deleted under them; docs/chaos.md. Some minutes for each seed.
CHAOS ?= workers=12 items=40000 kills=150 share=95 seeds=1,2,3

chaos: setup
	PREFLIGHT_CHAOS="$(CHAOS)" swift test --filter ChaosTests

$(BASELINE): $(wildcard Benchmarks/baseline/*)
	clang -std=c17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE $$(pkg-config --cflags libpq) \
		$(filter %.c,$^) -o $@ $$(pkg-config --libs libpq) -lpthread

verify:
	scripts/verify

# The system libraries, and Postgres with pgvector in .local/postgres.
setup:
	@scripts/setup

clean:
	rm -rf .build
