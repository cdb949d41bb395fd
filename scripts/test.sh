#!/bin/sh
# Run the suite. What cannot run here is named, with the reason, in pytest's closing summary.
set -eu
bin=.venv/bin
exec "$bin/python" -m pytest -n "${DCOPS_TEST_WORKERS:-2}" --dist loadgroup "$@"
