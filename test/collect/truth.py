"""Finds the lines that show each step, computes their true UTC time from the
line's own time, the node's zone and its clock offset, and checks that time
against the driver's record of what it did and when."""
import datetime
import glob
import gzip
import json
import os
import re
from zoneinfo import ZoneInfo

UTC = datetime.timezone.utc
MON = {m: i + 1 for i, m in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())}

RFC = re.compile(r'(?:^time="|"time":"|"timestamp": ")(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?Z"')
ACCESS = re.compile(r"^\S+ \S+ \S+ \[(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\]")
LOCAL = re.compile(r"^\[?(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)[,.](\d{3})")
GLOG = re.compile(r"^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6}) ")


def micros(f):
    return int((f or "0")[:6].ljust(6, "0"))


def line_time(line, zone, year):
    """The line's own time as UTC by its node's clock, or None if it has none."""
    m = RFC.search(line)
    if m:
        return datetime.datetime(*(int(x) for x in m.groups()[:6]), micros(m.group(7)), tzinfo=UTC)
    m = ACCESS.match(line)
    if m:
        d, mon, y, h, mi, s, sign, oh, om = m.groups()
        off = datetime.timedelta(hours=int(oh), minutes=int(om)) * (1 if sign == "+" else -1)
        return datetime.datetime(int(y), MON[mon], int(d), int(h), int(mi), int(s), tzinfo=datetime.timezone(off)).astimezone(UTC)
    m = LOCAL.match(line)
    if m:
        return datetime.datetime(*(int(x) for x in m.groups()[:6]), micros(m.group(7)), tzinfo=zone).astimezone(UTC)
    m = GLOG.match(line)
    if m:
        return datetime.datetime(year, *(int(x) for x in m.groups()[:5]), int(m.group(6)), tzinfo=zone).astimezone(UTC)
    return None


def read(path):
    op = gzip.open if path.endswith(".gz") else open
    with op(path, "rb") as f:
        return f.read().decode("utf-8", "replace").split("\n")


def iso(t):
    return t.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{t.microsecond // 1000:03d}Z"


def cut(s, n=200):
    return s if len(s) <= n else s[:n]


class Truth:
    def __init__(self, root_of, nodes, year):
        self.root_of, self.nodes, self.year = root_of, nodes, year
        self.steps = []

    def scan(self, node, patterns):
        _, zone, offset, _ = self.nodes[node]
        zone, fix = ZoneInfo(zone), datetime.timedelta(seconds=-offset)
        root = self.root_of(node)
        found = []
        for p in patterns:
            found += glob.glob(root + "/" + p)
        for path in sorted(set(found)):
            if os.path.islink(path):
                continue
            last = None
            rows = []
            for i, line in enumerate(read(path), 1):
                t = line_time(line, zone, self.year)
                if t:
                    last = t + fix
                rows.append((i, line, last, t is not None))
            nxt = None
            for k in range(len(rows) - 1, -1, -1):  # undated lines before the first dated one
                i, line, t, own = rows[k]
                if t is None and nxt:
                    rows[k] = (i, line, nxt, own)
                elif t:
                    nxt = t
            for i, line, t, own in rows:
                yield f"{node}/{os.path.relpath(path, root)}", i, line, t

    def step(self, id, title, system, node, files, regex, window, least, most=80, per=None, slack=1.6):
        """window: (from, to) UTC of the driver's own record. Every line that
        matches inside it (and no more than `slack` s outside) is evidence.
        per: a group of the regex, of which only the first line each is kept."""
        rx = re.compile(regex)
        lo = window[0] - datetime.timedelta(seconds=slack)
        hi = window[1] + datetime.timedelta(seconds=slack)
        lines, seen = [], set()
        for member, i, line, t in self.scan(node, files):
            m = rx.search(line)
            if not m or t is None or not lo <= t <= hi:
                continue
            lines.append((t, member, i, line, m))
        lines.sort(key=lambda x: (x[0], x[1], x[2]))
        if per:
            kept = []
            for x in lines:
                k = x[4].group(per)
                if k not in seen:
                    seen.add(k)
                    kept.append(x)
            lines = kept
        if len(lines) < least:
            raise SystemExit(f"truth: step {id}: {len(lines)} lines between {lo} and {hi}, expected at least {least}")
        if len(lines) > most:
            lines = lines[:most - 1] + lines[-1:]
        self.add(id, title, system, node, lines[0][0], lines[-1][0],
                 [{"member": m, "line": i, "utc": iso(t), "text": cut(s)} for t, m, i, s, _ in lines])

    def add(self, id, title, system, node, a, b, lines):
        self.steps.append({"id": id, "title": title, "system": system, "node": node,
                           "from": iso(a), "to": iso(b), "lines": lines})


def q(s):
    """A YAML scalar: single quotes never need escapes but their own; what they cannot hold goes to JSON."""
    if any(ord(c) < 32 or ord(c) == 127 for c in s):
        return json.dumps(s)
    return "'" + s.replace("'", "''") + "'"


def dump(path, seed, span, nodes, bundles, rewritten, steps, extra=None):
    with open(path, "w") as f:
        w = f.write
        w("# Written by test/collect; see test/collect/README.md.\nversion: 1\n")
        w(f"seed: {seed}\n")
        w(f"collected: {{from: {iso(span[0])}, to: {iso(span[1])}}}\nnodes:\n")
        for n, (_, zone, offset, _) in nodes.items():
            w(f"  - {{name: {n}, bundle: {bundles[n]}, zone: {zone}, clock_offset_seconds: {-offset}}}\n")
        w("rewritten:\n")
        for r in rewritten:
            w(f"  - {q(r)}\n")
        w("steps:" + ("" if steps else " []") + "\n")
        for s in steps:
            w(f"  - id: {s['id']}\n    title: {q(s['title'])}\n    system: {s['system']}\n    node: {s['node']}\n")
            w(f"    from: {s['from']}\n    to: {s['to']}\n    lines:\n")
            for x in s["lines"]:
                w(f"      - {{member: {q(x['member'])}, line: {x['line']}, utc: {x['utc']}, text: {q(x['text'])}}}\n")
