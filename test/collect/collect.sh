#!/bin/bash
# Collects the sample incident. See README.md.
#   collect.sh --seed 7 --out resources/samples/incident [--quiet] [--scale 1.0] [--keep]
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
CACHE=${TIDEMARK_COLLECT_CACHE:-/tmp/tidemark-collect}
[ "$(id -u)" = 0 ] || { echo "collect.sh needs root (namespaces)" >&2; exit 1; }
for c in docker-registry redis-server htpasswd curl unshare ip faketime; do
  command -v $c >/dev/null || { echo "missing: $c (apt-get install docker-registry redis-server apache2-utils faketime curl iproute2 util-linux)" >&2; exit 1; }
done
mkdir -p "$CACHE"
if [ ! -x "$CACHE/venv/bin/celery" ] || [ ! -x "$CACHE/venv/bin/ray" ] || [ -L "$CACHE/venv/bin/python3" -a ! -f "$CACHE/venv/.copies" ]; then
  rm -rf "$CACHE/venv"
  python3 -m venv --copies "$CACHE/venv"
  "$CACHE/venv/bin/pip" install -q "ray[default]" celery redis
  touch "$CACHE/venv/.copies"
fi
export TM_VENV=$CACHE/venv TM_BASE TM_ID=$$ TM_RUN TM_HOSTNAME
TM_HOSTNAME=$(hostname)
TM_BASE=$("$CACHE/venv/bin/python3" -c 'import sys; print(sys.base_prefix)')
TM_RUN=$(mktemp -d "$CACHE/run.XXXXXX")
trap 'rm -rf "$TM_RUN"; rmdir /sys/fs/cgroup/memory/tidemark-$$-* /sys/fs/cgroup/tidemark-$$-* 2>/dev/null || true' EXIT
unshare --net --mount --uts --ipc --pid --fork --kill-child --mount-proc \
  "$TM_BASE/bin/python3" "$HERE/collect.py" "$@"
