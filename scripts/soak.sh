#!/bin/sh
# Run the suite with everything that takes long: whole matrices where `make test` draws a sample, tests marked soak.
set -eu
DCOPS_SOAK=1
export DCOPS_SOAK
exec sh scripts/test.sh -m "" -o timeout=1800 "$@"
