#!/bin/sh
# Run every benchmark. As root on Debian the peers that they are measured against are installed first; elsewhere it
# is said which benchmark is left out, and why.
set -eu
bin=.venv/bin

# program that shows it is there : Debian package
peers="
/usr/lib/rancid/bin/rancid-run:rancid
/usr/bin/expect:expect
/usr/bin/ssh:openssh-client
/usr/bin/gcc:gcc
/usr/include/stdio.h:libc6-dev
/usr/share/gocode/src/github.com/gosnmp/gosnmp:golang-github-gosnmp-gosnmp-dev
/usr/bin/prometheus-snmp-exporter:prometheus-snmp-exporter
"
. scripts/debian.sh
install_missing "$peers$vcenter" "not installed, so what is measured against them is left out"

for name in $("$bin/python" -m bench --names); do
    code=0
    "$bin/python" -m bench "$name" || code=$?
    # 3: it cannot run here, and has said why.
    [ "$code" = 0 ] || [ "$code" = 3 ] || exit "$code"
done
