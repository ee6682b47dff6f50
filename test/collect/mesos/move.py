"""Moves the real Mesos logs in inputs/ into the story.

They were written by a real Mesos 1.12 master and agent. Only these things are
changed, everywhere in the same way: every time by one constant, every UUID
(one random one for each), host names, and addresses. No line is added,
removed, reordered or reworded; file names follow their new times and hosts.
"""
import datetime
import gzip
import hashlib
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
START = datetime.datetime(2026, 11, 20, 18, 53, 20, 736000)  # first line of inputs/truth.txt
MON = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
YEAR = START.year

GLOG = re.compile(r"(?<![\w.])([IWEF])(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6})(?= )")
DATE = re.compile(r"\b(2026)([-/])(\d\d)[-/](\d\d) (\d\d):(\d\d):(\d\d)")
NAME = re.compile(r"\b(2026)(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)\b")
EPOCH = re.compile(r"\b(17951\d{5}|17952\d{5})(?=\b)")
LS = re.compile(r"\b(Nov) (20) (18):(\d\d)\b(?!:)")
CTIME = re.compile(r"\b(Fri) (Nov) (20) (18):(\d\d):(\d\d)( UTC)? (2026)")
UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


class Move:
    def __init__(self, start, seed, cast):
        """start: UTC time (naive) the logs shall begin at. cast: names and addresses."""
        self.delta = start - START
        self.seed = seed
        self.cast = cast

    def when(self, t):
        return t + self.delta

    def utc(self, text):
        """A time of truth.txt ('18:53:56.9') in the story."""
        h, m, s = text.split(":")
        t = START.replace(hour=int(h), minute=int(m), second=0, microsecond=0) + datetime.timedelta(seconds=float(s))
        return (t + self.delta).replace(tzinfo=datetime.timezone.utc)

    def uuid(self, m):
        h = hashlib.sha256(f"{self.seed}/{m.group(0)}".encode()).hexdigest()
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{'89ab'[int(h[16], 16) % 4]}{h[17:20]}-{h[20:32]}"

    def times(self, s):
        D = datetime.datetime

        def glog(m):
            t = D(YEAR, *(int(x) for x in m.groups()[1:])) + self.delta
            return f"{m.group(1)}{t:%m%d %H:%M:%S}.{t.microsecond:06d}"

        def date(m):
            t = D(*(int(x) for x in (m.group(1),) + m.groups()[2:])) + self.delta
            return t.strftime(f"%Y{m.group(2)}%m{m.group(2)}%d %H:%M:%S")

        def ls(m):
            t = D(YEAR, 11, 20, 18, int(m.group(4))) + self.delta
            return f"{MON[t.month - 1]} {t.day:2d} {t:%H:%M}"

        def ctime(m):
            t = D(YEAR, 11, 20, 18, int(m.group(5)), int(m.group(6))) + self.delta
            return f"{t:%a} {MON[t.month - 1]} {t.day:2d} {t:%H:%M:%S}{m.group(7) or ''} {t.year}"

        s = GLOG.sub(glog, s)
        s = DATE.sub(date, s)
        s = NAME.sub(lambda m: (D(*(int(x) for x in m.groups())) + self.delta).strftime("%Y%m%d-%H%M%S"), s)
        s = CTIME.sub(ctime, s)
        s = LS.sub(ls, s)
        return EPOCH.sub(lambda m: str(int(m.group(1)) + round(self.delta.total_seconds())), s)

    def names(self, s, node):
        c = self.cast
        here = c["master"] if node == "mesos-master-1" else c["agent"]
        for old, new in (("a1", "agent-1"), ("a2", "agent-2"), ("m1", "master-1")):
            s = s.replace(f"mesos-{old}.dc1.example", f"mesos-{new}")
        s = re.sub(r"(?<=on machine: )vm\b|(?<=\.)vm(?=\.root\.log)|(?<=mesos-(?:agent|slave)@)vm\b|\bvm\b", node, s)
        s = s.replace("%2Ftmp%2Fmrun%2Fa1", "%2Fvar%2Flib%2Fmesos%2Fa1").replace("/tmp/mrun/a1", "/var/lib/mesos/a1")

        def ip(m):
            last, port = int(m.group(1)), m.group(2)
            if last == 1:
                if port == ":5050":
                    a = c["master"]
                elif port == ":5051":
                    a = c["agent"]
                elif port == ":5999":
                    a = c["old_registry"]
                else:
                    a = here
            else:
                a = c.get(last, m.group(0).split(":")[0])
            return a + (port or "")
        return re.sub(r"(?<![\d.])127\.0\.0\.(\d+)(:\d+)?(?![\d.])", ip, s)

    def text(self, s, node):
        return self.names(UUID.sub(self.uuid, self.times(s)), node)

    def run(self, root_of):
        """Writes both nodes' trees; root_of(node) is where."""
        made = []
        src = os.path.join(HERE, "inputs")
        for top, node in (("master1", "mesos-master-1"), ("agent1", "mesos-agent-1")):
            for d, _, files in sorted(os.walk(os.path.join(src, top))):
                for f in sorted(files):
                    rel = os.path.relpath(os.path.join(d, f), os.path.join(src, top))[:-3]
                    with gzip.open(os.path.join(d, f), "rb") as z:
                        s = z.read().decode("utf-8", "surrogateescape")
                    s = self.text(s, node)
                    rel = self.text(rel, node)
                    rel = re.sub(r"^log/", "var/log/mesos/", rel)
                    rel = re.sub(r"^work_dir/", "var/lib/mesos/a1/work/", rel)
                    out = os.path.join(root_of(node), rel)
                    os.makedirs(os.path.dirname(out), exist_ok=True)
                    if rel.endswith("/latest"):
                        os.symlink(os.path.basename(s.strip()), out)
                        continue
                    with open(out, "w", encoding="utf-8", errors="surrogateescape", newline="") as o:
                        o.write(s)
                    last = [m for m in GLOG.finditer(s)]
                    t = START + self.delta
                    if last:
                        g = last[-1].groups()
                        t = datetime.datetime(t.year, *(int(x) for x in g[1:]))
                    ts = t.replace(tzinfo=datetime.timezone.utc).timestamp()
                    os.utime(out, (ts, ts))
                    made.append((node, rel))
            # glog's short links to the newest file of each level
            logs = os.path.join(root_of(node), "var/log/mesos")
            newest = {}
            for f in sorted(os.listdir(logs)):
                m = re.match(r"(mesos-\w+)\..*\.log\.([A-Z]+)\.", f)
                if m:
                    newest[(m.group(1), m.group(2))] = f
            for (prog, level), f in newest.items():
                link, ts = os.path.join(logs, f"{prog}.{level}"), os.stat(os.path.join(logs, f)).st_mtime
                os.symlink(f, link)
                os.utime(link, (ts, ts), follow_symlinks=False)
        return made
