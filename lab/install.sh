#!/bin/sh
# Debian packages the lab stands on, and the linter of the agent's shell. Asks the network only if something is missing; needs root and apt.
set -eu
missing=
for package in qemu-system-x86 qemu-utils tgt mmdebstrap xfsprogs e2fsprogs openssh-client util-linux mount shellcheck; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
export DEBIAN_FRONTEND=noninteractive
# Packages that start a service by themselves (tgt) must not: every lab runs its own.
policy=/usr/sbin/policy-rc.d
made=
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  made=yes
fi
trap '[ -z "$made" ] || rm -f "$policy"' EXIT
apt-get update -qq
# shellcheck disable=SC2086 # a list of names
apt-get install -y -qq --no-install-recommends $missing
