#!/bin/sh
# A virtual environment for each client below .tools/clients, from the Python package registry; OpenSSH, sshpass and curl from the system's.
# Idempotent: an environment is made anew when its list of versions has changed.
set -eu
cd "$(dirname "$0")/../.."
install() { apt-get update -q && apt-get install -y -q --no-install-recommends "$@"; }
python=$(command -v python3.11 || command -v python3)
"$python" -c 'import ensurepip, sys; assert sys.version_info >= (3, 11)' 2>/dev/null || install python3 python3-venv
for tool in ssh:openssh-client ssh-keygen:openssh-client sshpass:sshpass curl:curl; do
  command -v "${tool%%:*}" >/dev/null || install "${tool##*:}"
done
for client in cinder ansible pysvc; do
  list=test/clients/requirements-$client.txt
  venv=.tools/clients/$client
  cmp -s "$list" "$venv/installed.txt" && continue
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$list"
  cp "$list" "$venv/installed.txt"
done
