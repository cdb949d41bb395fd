#!/bin/sh
# Make the virtual environment from the pinned, hashed requirements. Safe to run twice.
set -eu
python=$1
venv=$2

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "dcops needs Python 3.11 or newer; '$python' is not." >&2
    exit 3
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv
    else
        echo "Python's venv module is missing. Run: sudo apt-get install python3-venv" >&2
        exit 3
    fi
fi
if ! command -v git >/dev/null; then
    echo "git is missing: the archive is a git repository. Run: sudo apt-get install git" >&2
    exit 3
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
pip="$venv/bin/python -m pip install --quiet --disable-pip-version-check"
# Two of NAPALM's requirements exist as source only: they are built here, with pinned tools and no network of their own.
$pip --require-hashes -r requirements/build.txt
$pip --require-hashes --no-build-isolation -r requirements/dev.txt
$pip --no-deps --no-build-isolation --editable .
