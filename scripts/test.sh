#!/bin/sh
# Run the suite. As root on Debian the real servers that it talks to are installed first; elsewhere what is
# left out, and why, stands in the closing summary.
set -eu
bin=.venv/bin

# program that shows it is there : Debian package
servers="
/usr/lib/postgresql/*/bin/pg_ctl:postgresql
/usr/bin/prometheus:prometheus
/usr/bin/prometheus-alertmanager:prometheus-alertmanager
/usr/bin/mmdebstrap:mmdebstrap
/usr/bin/systemd-analyze:systemd
/usr/sbin/sshd:openssh-server
/usr/sbin/snmpd:snmpd
/usr/bin/snmpbulkwalk:snmp
/usr/bin/age:age
"
. scripts/debian.sh
install_missing "$servers$vcenter" "not installed, so their tests are left out"

# Tests wait for devices more than they compute: four share two cores well. A file stays with one of them, as its
# tests share what they set up; tests/conftest.py puts the long files first.
exec "$bin/python" -m pytest -n "${DCOPS_TEST_WORKERS:-4}" --dist loadfile --no-loadscope-reorder "$@"
