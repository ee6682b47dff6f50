#!/usr/bin/env python3
"""Checks a collected folder against itself, from the archives: sums, that every
line of truth.yml stands where it says, that its time follows from the line,
the node's zone and clock offset, and that the steps' spans hold their lines.
Needs no root and nothing but Python.   verify.py FOLDER"""
import datetime
import hashlib
import io
import json
import os
import re
import sys
import tarfile
import zipfile
import gzip
from zoneinfo import ZoneInfo

from truth import cut, iso, line_time

FOLDER = sys.argv[1]


def unquote(s):
    return json.loads(s) if s.startswith('"') else s[1:-1].replace("''", "'")


def read_truth(path):
    t = {"nodes": {}, "steps": [], "rewritten": []}
    for s in open(path, encoding="utf-8"):
        s = s.rstrip("\n")
        if m := re.match(r"  - \{name: (\S+), bundle: (\S+), zone: (\S+), clock_offset_seconds: (-?\d+)\}$", s):
            t["nodes"][m[1]] = (m[2], m[3], int(m[4]))
        elif m := re.match(r"  - id: (\S+)$", s):
            t["steps"].append({"id": m[1], "lines": []})
        elif m := re.match(r"    (title|system|node|from|to): (.*)$", s):
            t["steps"][-1][m[1]] = m[2]
        elif m := re.match(r"      - \{member: ('(?:[^']|'')*'), line: (\d+), utc: (\S+), text: (.*)\}$", s):
            t["steps"][-1]["lines"].append((unquote(m[1]), int(m[2]), m[3], unquote(m[4])))
        elif m := re.match(r"  - (['\"].*)$", s):
            t["rewritten"].append(unquote(m[1]))
        elif m := re.match(r"collected: \{from: (\S+), to: (\S+)\}$", s):
            t["collected"] = (m[1], m[2])
    return t


def members(data, name):
    if name.endswith(".tar.gz"):
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as a:
            return {m.name: a.extractfile(m).read() for m in a if m.isfile()}
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        out = {}
        for n in z.namelist():
            out.update(members(z.read(n), n) if n.endswith(".tar.gz") else {n: z.read(n)})
        return out


def main():
    bad = []
    for s in open(os.path.join(FOLDER, "SHA256SUMS")):
        h, f = s.split()
        if hashlib.sha256(open(os.path.join(FOLDER, f), "rb").read()).hexdigest() != h:
            bad.append("sum of " + f)
    t = read_truth(os.path.join(FOLDER, "truth.yml"))
    trees = {n: members(open(os.path.join(FOLDER, v[0]), "rb").read(), v[0]) for n, v in t["nodes"].items()}
    count = undated = 0
    for s in t["steps"]:
        _, zone, offset = t["nodes"][s["node"]]
        for member, number, utc, text in s["lines"]:
            count += 1
            data = trees[s["node"]].get(member)
            where = f"{s['id']}: {member}:{number}"
            if data is None:
                bad.append(where + ": no such member")
                continue
            if member.endswith(".gz"):
                data = gzip.decompress(data)
            lines = data.decode("utf-8", "replace").split("\n")
            if number > len(lines) or cut(lines[number - 1]) != text:
                bad.append(where + ": the line differs")
                continue
            own = line_time(lines[number - 1], ZoneInfo(zone), int(utc[:4]))
            if own is None:
                undated += 1
            elif iso(own + datetime.timedelta(seconds=offset)) != utc:
                bad.append(f"{where}: time {iso(own + datetime.timedelta(seconds=offset))}, not {utc}")
            if not s["from"] <= utc <= s["to"] and "gap" not in s["id"]:
                bad.append(where + ": outside its step")
            if not t["collected"][0] <= utc <= t["collected"][1]:
                bad.append(where + ": outside the collection")
    print(f"{len(t['nodes'])} nodes, {sum(len(x) for x in trees.values())} members, {len(t['steps'])} steps, {count} lines, "
          f"{undated} without a time of their own")
    for b in bad:
        print("BAD", b)
    sys.exit(1 if bad else 0)


main()
