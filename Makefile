# The menu. `make demo` is the main job, `make test` runs every test; both set up what they need.
.PHONY: demo test lab-up lab-down setup build bench
.DEFAULT_GOAL := demo
KEEP ?=

# Not `npm ci`: it refuses a lock file that lacks packages for platforms that are not this one.
node_modules/.package-lock.json: package.json package-lock.json
	npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

setup: node_modules/.package-lock.json
	@sh scripts/tools.sh

build: setup
	@npm run --silent build

demo: build
	@KEEP=$(KEEP) npx tsx lab/demo/main.ts

test: build
	@npx tsx scripts/test.ts

lab-up: build
	@npx tsx lab/up.ts

lab-down: setup
	@npx tsx lab/down.ts

bench: build
	@npm run --silent bench:pause
