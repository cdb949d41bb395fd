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
/usr/bin/go:golang-go
/usr/share/gocode/src/github.com/gosnmp/gosnmp:golang-github-gosnmp-gosnmp-dev
"
missing=
for entry in $peers; do
    ls "${entry%%:*}" >/dev/null 2>&1 || missing="$missing ${entry##*:}"
done
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing$missing" >&2
        # Run level 1 keeps the packages from starting services of their own.
        RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive sh -c \
            "apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing" >/dev/null
    else
        echo "not installed:$missing" >&2
    fi
fi

for name in $("$bin/python" -m bench --names); do
    code=0
    "$bin/python" -m bench "$name" || code=$?
    # 3: it cannot run here, and has said why.
    [ "$code" = 0 ] || [ "$code" = 3 ] || exit "$code"
done
