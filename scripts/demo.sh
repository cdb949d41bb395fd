#!/bin/sh
# One night on the pretend data centre. As root on Debian what its vCenters are built with is installed first; elsewhere
# the lab leaves them out and says so.
set -eu
bin=.venv/bin

. scripts/debian.sh
install_missing "$vcenter" "not installed, so the lab has no vCenters"

exec "$bin/python" -m lab demo --state .demo
