#!/bin/sh
# Renew requirements/*.txt: pinned versions with hashes, and no address of any index.
set -eu
compile="uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-emit-find-links --no-header --no-annotate --upgrade"
$compile requirements/build.in -o requirements/build.txt
$compile pyproject.toml -o requirements/runtime.txt
$compile pyproject.toml --extra dev --constraint requirements/runtime.txt -o requirements/dev.txt
sed -i '/^dcops/d' requirements/dev.txt
