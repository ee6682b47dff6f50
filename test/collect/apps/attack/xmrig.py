#!/usr/bin/env python3
"""A harmless stand-in for a miner, made for Tidemark's sample incident. It
mines nothing, opens no connection to a pool and talks only to the Ray cluster
it is started on: it prints lines of the kind a miner prints, asks the cluster
to run a few short tasks, and holds some memory until the node's monitor ends
the task."""
import datetime
import os
import random
import sys
import time

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On

POOL = sys.argv[sys.argv.index("-o") + 1]
RNG = random.Random(@SEED@)


def say(text):
    now = datetime.datetime.now()
    print(f"[{now:%Y-%m-%d %H:%M:%S}.{now.microsecond // 1000:03d}]  {text}", flush=True)


ray.init(address="auto", log_to_driver=True)


@ray.remote(num_cpus=0.2, max_retries=0)
def mine(n):
    print(f"xmrig worker {n} on {os.uname().nodename} for {POOL}", flush=True)
    time.sleep(2)
    return n


@ray.remote(num_cpus=0.8, max_retries=1)
def dataset(mib):
    print(f"allocating {mib} MiB dataset on {os.uname().nodename}", flush=True)
    held = []
    for _ in range(mib // 32):
        held.append(bytearray(os.urandom(1 << 20) * 32))
        time.sleep(0.15)
    return len(held)


def main():
    nodes = [n for n in ray.nodes() if n["Alive"]]
    second = next(n["NodeID"] for n in nodes if n["NodeManagerAddress"] == "@SECOND@")
    say(" * ABOUT        xmrig-stub/6.21 (harmless test script)")
    say(f" * POOL #1      {POOL} algo auto")
    say(f"net      use pool {POOL} TLSv1.3")
    say(f"randomx  allocating dataset on {len(nodes)} nodes")
    ref = dataset.options(scheduling_strategy=On(second, soft=False)).remote(1600)
    shares, end = 0, time.time() + @LIFE@
    while time.time() < end:
        time.sleep(RNG.uniform(4, 7))
        ray.get([mine.remote(shares), mine.options(scheduling_strategy=On(second, soft=True)).remote(shares + 1)], timeout=60)
        shares += 1
        say(f"cpu      accepted ({shares}/0) diff {RNG.randrange(10000, 90000)} ({RNG.randrange(20, 90)} ms)")
        say(f"miner    speed 10s/60s/15m {RNG.uniform(900, 1100):.1f} {RNG.uniform(900, 1000):.1f} n/a H/s max 1104.2 H/s")
    try:
        ray.cancel(ref, force=True)
    except Exception:
        pass


main()
