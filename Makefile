# One command for each thing one does here. All of them set up .venv first, from pinned and hashed packages.

.PHONY: help setup install postgres demo run test lint bench compile clean

# what running needs; where the tools of development are, they stay
USE := $(firstword $(wildcard .venv/.ready .venv/.postgres) .venv/.used)

help: ## what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.ready ## .venv with all that Muniment and its checks need

install: $(USE) ## .venv with what running needs, no more (about ten seconds)

postgres: $(if $(wildcard .venv/.ready),.venv/.ready,.venv/.postgres) ## the same with the driver for an archive on Postgres

demo: $(USE) ## a practice site, the real daemon on it, and what was kept (about a minute)
	@.venv/bin/muniment demo

run: $(USE) ## the daemon on sources.yaml
	.venv/bin/muniment run

lint: setup ## style, types
	.venv/bin/ruff check .
	.venv/bin/mypy

test: lint ## style, types and all tests, on SQLite and on a Postgres of its own
	.venv/bin/pytest -n auto --dist worksteal

bench: .venv/.bench ## every measured claim, beside its peer or limit
	.venv/bin/python -m benchmarks

compile: setup ## pin the packages anew after a change of pyproject.toml (needs uv)
	scripts/compile

clean: ## remove what was made here, but no archive
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .bench build dist

.venv/.ready: requirements/dev.txt pyproject.toml scripts/setup
	scripts/setup dev
	@rm -f .venv/.bench
	@touch $@

.venv/.used: requirements/use.txt pyproject.toml
	scripts/setup use
	@touch $@

.venv/.postgres: requirements/postgres.txt pyproject.toml
	scripts/setup postgres
	@touch $@

.venv/.bench: .venv/.ready requirements/bench.txt
	scripts/setup bench
	@touch $@
