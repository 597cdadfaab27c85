# The two commands to start with: make demo, make test.
# Everything else is a nox session, see CONTRIBUTING.md.
.PHONY: demo test lint bootstrap clean

demo: bootstrap
	@.venv/bin/donna demo

test: bootstrap
	@.venv/bin/python -m pytest -n auto $(ARGS)

lint: bootstrap
	@.venv/bin/python -m nox -s lint types imports

# Takes well under a second when nothing changed; PYTHON=… chooses the interpreter.
bootstrap:
	@PYTHON='$(PYTHON)' sh .ci/bootstrap.sh

clean:
	rm -rf .venv .cache dist
