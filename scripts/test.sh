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
missing=
for entry in $servers; do
    program=${entry%%:*}
    ls $program >/dev/null 2>&1 || missing="$missing ${entry##*:}"
done
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing$missing" >&2
        # Run level 1 keeps the packages from starting services of their own: the tests start what they need.
        RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive sh -c \
            "apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing" >/dev/null
    else
        echo "not installed, so their tests are left out:$missing" >&2
    fi
fi

# Tests wait for devices more than they compute: four share two cores well. A file stays with one of them, as its
# tests share what they set up; tests/conftest.py puts the long files first.
exec "$bin/python" -m pytest -n "${DCOPS_TEST_WORKERS:-4}" --dist loadfile --no-loadscope-reorder "$@"
