# The menu. `make demo` is the main job, `make test` runs every test; both set up what they need.
.PHONY: demo test test-lab test-clients test-restarts lab-up lab-down setup build bench soak matrix mutants
.DEFAULT_GOAL := demo
KEEP ?=

# Not `npm ci`: it refuses a lock file that lacks packages for platforms that are not this one.
node_modules/.package-lock.json: package.json package-lock.json
	npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

setup: node_modules/.package-lock.json
	@sh scripts/tools.sh

# Only when a source is newer: a demo should not wait for a compiler that has nothing to do. Nor for types: `make test` checks them, and so does what is published.
dist/.built: node_modules/.package-lock.json tsconfig.json tsconfig.build.json $(shell find src -type f)
	@npm run --silent build -- --noCheck

build: setup dist/.built

demo: build
	@KEEP=$(KEEP) node --import tsx lab/demo/main.ts

test: setup
	@node --import tsx scripts/test.ts

# The long rest of the lab's tests: planted lies, failures in the pause, refusals, two labs side by side.
test-lab: build
	@node --import tsx scripts/test.ts lab-long

# Cinder, Ansible, IBM's client library, ssh and curl, as they are, against the simulator; ONLY=ansible for one of them.
test-clients: build
	@node --import tsx scripts/clients.ts $(ONLY)

# Workers and Temporal killed, paused, deployed anew in every step: real processes, a database in a file.
test-restarts: setup
	@node --import tsx scripts/test.ts restart

lab-up: build
	@node --import tsx lab/up.ts

lab-down: setup
	@node --import tsx lab/down.ts

bench: build
	@npm run --silent bench:pause

# Ten thousand seeded runs in virtual time; RUNS=n for fewer, SEED=n replays one.
soak: setup
	@SEED=$(SEED) node --import tsx scripts/soak.ts

# Every cell of the fault matrices, on all cores; `make test` tries a spread of them.
matrix: setup
	@MATRIX=all npx vitest run --maxWorkers=100% --project simulation test/simulation/matrix test/simulation/snapshots test/simulation/restores

# Planted bugs: each must be found.
mutants: setup
	@node --import tsx scripts/mutants.ts
