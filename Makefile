# The verbs people type. Each is one line that calls haven or go. `make` alone lists them.

ENV ?= demo
HAVEN := .haven/bin/haven

# The engine builds programs with -trimpath: with the same flag nothing is compiled twice.
export GOFLAGS := $(strip $(filter-out -trimpath,$(GOFLAGS)) -trimpath)

.DEFAULT_GOAL := help
.PHONY: help up preview down validate world test lint ci clean ready $(HAVEN)

help: ## list the verbs
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

up: $(HAVEN) ## bring up the environment ENV (demo) in the sandbox, after all set-up it needs, and check it
	@$(HAVEN) up $(ENV)
	@$(HAVEN) check --env $(ENV)

preview: $(HAVEN) ## say what up would do, and change nothing
	@$(HAVEN) preview $(ENV)

down: $(HAVEN) ## destroy the environment ENV (demo) without asking
	@$(HAVEN) down $(ENV) --yes

validate: $(HAVEN) ## check all stack files together, without an engine
	@$(HAVEN) validate

world: $(HAVEN) ## list what the sandbox holds
	@$(HAVEN) sandbox world

test: $(HAVEN) ## run all tests
	@go test -p $(TESTS_AT_ONCE) -timeout 60m ./tests/engine ./...

lint: ready ## run the linters
	@.ci/lint

ci: ready ## do what continuous integration does
	@.ci/run

clean: ## forget the sandbox, the engine and all else under .haven
	@rm -rf .haven

# The real engine's tests take longest and keep one core busy: named first, they run beside all others.
# Compiling a cloud's SDK takes up to 5 GB of memory, so few packages are compiled at once.
TESTS_AT_ONCE ?= 2

# haven is always built: go knows best what is up to date, and writes it in one step.
$(HAVEN): ready
	@go build -o $(HAVEN) ./infra/cmd/haven

# What a machine has to have, told in one line where it lacks it.
ready:
	@.ci/ready
