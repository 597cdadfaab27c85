#!/bin/sh
# Find a Python that can build the environment, and let it: sh .ci/bootstrap.sh
# Choose one yourself with PYTHON, for example: make PYTHON=python3.12 demo
set -eu
cd "$(dirname "$0")/.."

# pyenv's shims exist for versions that are not active, so a candidate counts only when it runs.
at_least_311() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
builds_venvs() { "$1" -c 'import ensurepip, ssl, venv' >/dev/null 2>&1; }

incomplete=""
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    at_least_311 "$candidate" || continue
    if builds_venvs "$candidate"; then
        exec "$candidate" .ci/bootstrap.py
    fi
    incomplete=$candidate
done

if [ -n "$incomplete" ]; then
    echo "bootstrap: $incomplete is recent enough but cannot build virtual environments" >&2
    echo "  (one of its modules ensurepip, ssl and venv is missing)." >&2
    echo "  On Debian and Ubuntu: apt install python3-venv. Then run make again." >&2
else
    echo "bootstrap: Donna needs Python 3.11 or newer, and none of these is: ${PYTHON:-python3 python3.13 python3.12 python3.11 python}." >&2
    echo "  Install one, or name one that is not on your PATH: make PYTHON=/path/to/python3.12 demo" >&2
fi
exit 1
