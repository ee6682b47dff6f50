#!/bin/bash
# Runs one process of one node: own mount and UTS namespace, the node's own
# /tmp, /var/log, /srv and configuration, a clean environment.
# Called by lab.py:  node.sh ROOT NAME ZONE MEMCG -- command...
set -eu
ROOT=$1 NAME=$2 ZONE=$3 MEMCG=$4; shift 5
hostname "$NAME"
mount --make-rprivate /
for d in var/log var/lib srv etc/node; do mkdir -p "$ROOT/$d"; done
mkdir -p "$ROOT/tmp"; chmod 1777 "$ROOT/tmp"
echo "$NAME" > "$ROOT/etc/node/hostname"
mount --bind "$ROOT/etc/node/hostname" /etc/hostname
if [ -e "/usr/share/zoneinfo/$ZONE" ]; then
  mount --bind "$(readlink -f /usr/share/zoneinfo/$ZONE)" "$(readlink -f /etc/localtime)" 2>/dev/null || true
fi
if [ "$MEMCG" != - ]; then
  # The node's own memory group, seen by the node as its whole memory tree,
  # as a container would see it.
  echo $$ > "$MEMCG/cgroup.procs"
  if [ -e "$MEMCG/memory.limit_in_bytes" ]; then mount --bind "$MEMCG" /sys/fs/cgroup/memory
  else mount --bind "$MEMCG" /sys/fs/cgroup; fi
fi
mount --bind "$ROOT/var/log" /var/log
mount --bind "$ROOT/var/lib" /var/lib
mount --bind "$ROOT/srv" /srv
mount --bind "$ROOT/tmp" /tmp
cd /srv
exec "$@"
