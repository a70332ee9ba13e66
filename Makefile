# What people type. Each target does the set-up it needs and is quick the second time.

.PHONY: demo test build bench verify setup clean

RELEASE := $(CURDIR)/.build/release

# The whole of Preflight against a throw-away world: the gate, the watched first run, the audit.
demo: build
	PATH="$(RELEASE):$$PATH" "$(RELEASE)/preflight" sandbox --latency 400ms -- \
		preflight launch checklists/embeddings.yaml

# What CI runs. The last line counts the tests.
test: setup
	scripts/verify

build: setup
	swift build --configuration release --static-swift-stdlib --product preflight

# Preflight's speed beside that of psql, measured side by side.
bench: build
	scripts/bench

verify:
	scripts/verify

# The system libraries, and Postgres with pgvector in .local/postgres.
setup:
	@scripts/setup

clean:
	rm -rf .build
