# For scripts that talk to real servers: installs what is missing, as root on Debian; elsewhere says what is.

# What the lab's vCenters are built with: program or source that shows it is there : Debian package.
vcenter="
/usr/bin/go:golang-go
/usr/share/gocode/src/github.com/vmware/govmomi/simulator:golang-github-vmware-govmomi-dev
/usr/share/gocode/src/github.com/google/uuid:golang-github-google-uuid-dev
"

# $1: lines of `program that shows it is there:Debian package`; a program may hold a *.
# $2: what a missing one means, for those who cannot install it.
install_missing() {
    missing=
    for entry in $1; do
        ls ${entry%%:*} >/dev/null 2>&1 || missing="$missing ${entry##*:}"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing$missing" >&2
        # Run level 1 keeps the packages from starting services of their own: who needs one starts it.
        RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive sh -c \
            "apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing" >/dev/null
    else
        echo "$2:$missing" >&2
    fi
}
