"""The laboratory: addresses, nodes, processes and log rotation.

Everything here runs inside the network, mount, UTS and PID namespace that
collect.sh makes. Nothing can leave it: the namespace holds only `lo`.
"""
import gzip
import os
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))

# node name -> (address, zone, seconds the clock is off, memory limit in MiB)
NODES = {
    "registry-1": ("10.20.0.11", "UTC", 0, 0),
    "registry-2": ("10.20.0.12", "UTC", 0, 0),
    "ray-head": ("10.20.0.21", "America/New_York", 0, 0),
    "ray-worker-1": ("10.20.0.22", "UTC", 0, 1024),
    "mesos-master-1": ("10.20.0.31", "UTC", 0, 0),
    "mesos-agent-1": ("10.20.0.32", "UTC", 0, 0),
    "celery-worker-1": ("10.20.0.41", "UTC", 0, 420),
    "celery-worker-2": ("10.20.0.42", "UTC", -420, 0),
}
PYTHON = "/opt/venv/bin/python3"


def log(*words):
    print(time.strftime("%H:%M:%S", time.gmtime()), *words, file=sys.stderr, flush=True)


def sh(*cmd):
    subprocess.run(cmd, check=True)


class Lab:
    def __init__(self, run):
        self.run = run
        self.procs = []
        self.groups = []

    def root(self, node):
        return os.path.join(self.run, "nodes", node)

    # ---- addresses and common mounts -------------------------------------
    def up(self, addresses):
        sh("mount", "--make-rprivate", "/")
        sh("hostname", "lab")
        sh("mount", "-t", "tmpfs", "-o", "mode=1777,size=1g", "none", "/dev/shm")  # Ray's and libfaketime's leftovers go with it
        sh("ip", "link", "set", "lo", "up")
        for a in sorted(addresses):
            sh("ip", "addr", "add", a + "/32", "dev", "lo")
        hosts = "127.0.0.1 localhost\n" + "".join(f"{v[0]} {k}\n" for k, v in NODES.items())
        for name, text in (("hosts", hosts), ("resolv.conf", "")):
            p = os.path.join(self.run, name)
            with open(p, "w") as f:
                f.write(text)
            if os.path.exists("/etc/" + name):
                sh("mount", "--bind", p, os.path.realpath("/etc/" + name))
        # Python and its packages under neutral paths.
        base, venv = os.environ["TM_BASE"], os.environ["TM_VENV"]
        cfg = os.path.join(self.run, "pyvenv.cfg")
        for src in (venv, base):  # opened before /opt is covered
            if not os.path.isdir(src):
                sys.exit("missing " + src)
        fds = [os.open(p, os.O_PATH) for p in (venv, base)]
        sh("mount", "-t", "tmpfs", "none", "/opt")
        os.makedirs("/opt/venv")
        os.makedirs("/opt/python")
        for fd, dst in zip(fds, ("/opt/venv", "/opt/python")):
            subprocess.run(["mount", "--bind", f"/proc/self/fd/{fd}", dst], check=True, pass_fds=(fd,))
            os.close(fd)
        with open(cfg, "w") as f:
            f.write("home = /opt/python/bin\ninclude-system-site-packages = false\n"
                    f"version = {sys.version.split()[0]}\n")
        sh("mount", "--bind", cfg, "/opt/venv/pyvenv.cfg")
        for n in NODES:
            os.makedirs(self.root(n) + "/var/log", exist_ok=True)
            os.makedirs(self.root(n) + "/srv", exist_ok=True)
            os.makedirs(self.root(n) + "/tmp", exist_ok=True)

    def group(self, node):
        """A memory group (cgroup v1 or v2) with the node's limit, or '-'."""
        limit = NODES[node][3] * 1024 * 1024
        if not limit:
            return "-"
        v1 = "/sys/fs/cgroup/memory"
        v2 = "/sys/fs/cgroup"
        if os.path.exists(v1 + "/memory.limit_in_bytes"):
            d, knob = f"{v1}/tidemark-{os.environ['TM_ID']}-{node}", "memory.limit_in_bytes"
        elif os.path.exists(v2 + "/cgroup.controllers") and "memory" in open(v2 + "/cgroup.controllers").read():
            d, knob = f"{v2}/tidemark-{os.environ['TM_ID']}-{node}", "memory.max"
        else:
            sys.exit("no memory control group here: the memory kills of the story need one")
        if not os.path.isdir(d):
            os.mkdir(d)
            self.groups.append(d)
            with open(f"{d}/{knob}", "w") as f:
                f.write(str(limit))
        return d

    # ---- processes -------------------------------------------------------
    def start(self, node, argv, stdout=None, stderr=None, env=None, wait=False, pidns=False, user=0):
        addr, zone, offset, _ = NODES[node]
        e = {"PATH": "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
             "HOME": "/srv", "LANG": "C.UTF-8", "TZ": zone, "NODE_IP": addr, "LD_LIBRARY_PATH": "/opt/python/lib",
             "PYTHONDONTWRITEBYTECODE": "1"}
        e.update(env or {})
        if offset:
            lib = next(p for p in ("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
                                   "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
                                   "/usr/lib/faketime/libfaketimeMT.so.1") if os.path.exists(p))
            e.update(LD_PRELOAD=lib, FAKETIME=f"{offset:+d}s", FAKETIME_DONT_FAKE_MONOTONIC="1",
                     DONT_FAKE_MONOTONIC="1", FAKETIME_DONT_RESET="1")
        def out(name):
            if name is None:
                return subprocess.DEVNULL
            p = self.root(node) + name
            os.makedirs(os.path.dirname(p), exist_ok=True)
            return open(p, "ab")
        o = out(stdout)
        x = o if stderr == stdout else out(stderr)
        own = []
        if pidns:  # the node sees no processes but its own; bash stays as process 1 and reaps
            own = ["--pid", "--fork", "--kill-child", "--mount-proc"]
            argv = ["/bin/bash", "-c", '"$@" & wait $!', "init"] + argv
        become = ["/usr/bin/setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        cmd = ["unshare", "--mount", "--uts"] + own + ["--", "/bin/bash", os.path.join(HERE, "node.sh"), self.root(node),
               node, zone, self.group(node), "--"] + become + ["/usr/bin/env", "-i"] + [f"{k}={v}" for k, v in e.items()] + argv
        p = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=o, stderr=x, start_new_session=True)
        if wait:
            return p.wait()
        self.procs.append((node, argv[0], p))
        return p

    def stop(self, p, sig=signal.SIGTERM, wait=20):
        if p.poll() is None:
            p.send_signal(sig)
            try:
                p.wait(wait)
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)
                p.wait(5)

    def down(self):
        for _, _, p in reversed(self.procs):
            if p.poll() is None:
                try:
                    os.killpg(p.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        # We are process 1 of the PID namespace's shell: what is left dies with it.
        for _ in range(40):
            left = 0
            for d in self.groups:
                try:
                    pids = [int(x) for x in open(d + "/cgroup.procs").read().split()]
                except OSError:
                    continue
                for pid in pids:
                    if pid:
                        try:
                            os.kill(pid, signal.SIGKILL)
                        except ProcessLookupError:
                            pass
                try:
                    os.rmdir(d)
                except OSError:
                    left += 1
            if not left:
                break
            time.sleep(0.25)

    # ---- rotation, as logrotate does it ----------------------------------
    def rotate(self, node, path, proc=None, compress_from=1):
        """copytruncate when `proc` is given (it is stopped meanwhile, so that
        no line is lost), else rename; older generations move up one, and from
        generation `compress_from` on they are gzipped."""
        p = self.root(node) + path
        for n in (3, 2, 1):
            for ext in (".gz", ""):
                if os.path.exists(f"{p}.{n}{ext}"):
                    os.rename(f"{p}.{n}{ext}", f"{p}.{n + 1}{ext}")
        if proc:
            os.kill(proc.pid, signal.SIGSTOP)
            try:
                shutil.copy2(p, p + ".1")
                os.truncate(p, 0)
            finally:
                os.kill(proc.pid, signal.SIGCONT)
        else:
            os.rename(p, p + ".1")
        for n in (1, 2, 3, 4):
            q = f"{p}.{n}"
            if n >= compress_from and os.path.exists(q):
                if proc is None:
                    time.sleep(0.5)  # a writer that watches its file has moved on by now
                st = os.stat(q)
                with open(q, "rb") as f, open(q + ".gz", "wb") as g:
                    with gzip.GzipFile(filename="", fileobj=g, mode="wb", mtime=0) as z:
                        shutil.copyfileobj(f, z)
                os.utime(q + ".gz", (st.st_atime, st.st_mtime))
                os.unlink(q)
