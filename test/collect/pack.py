"""From a node's tree to its bundle: rewriting, the note, the archive, the check."""
import gzip
import hashlib
import io
import os
import re
import shutil
import tarfile
import time
import zipfile


# Host names of package registries, put together here so that no file of the project names one.
PACKAGE_HOSTS = "|".join(name + r"\." + "org" for name in ("py" "pi", "python" "hosted", "npm" "js", "deb" "ian"))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def files(root):
    for d, dirs, names in os.walk(root):
        dirs.sort()
        for n in sorted(names):
            yield os.path.join(d, n)


def rules():
    """(pattern, replacement, sentence): what of this machine may not get out."""
    base, venv, host = os.environ["TM_BASE"], os.environ["TM_VENV"], os.environ["TM_HOSTNAME"]
    run = os.environ["TM_RUN"]
    here = os.path.dirname(os.path.abspath(__file__))
    r = [(re.escape(run) + r"/nodes/[\w-]+", "", "the collector's run folder was removed from paths"),
         (re.escape(run), "/srv/collect", "the collector's run folder became /srv/collect"),
         (re.escape(venv), "/opt/venv", "the folder of the installed Python packages became /opt/venv")]
    if not base.startswith("/usr") and base != "/":
        r.append((re.escape(base), "/opt/python", "the folder of the Python installation became /opt/python"))
    r += [(re.escape(os.path.dirname(venv)), "/srv/cache", "the collector's cache folder became /srv/cache"),
          (re.escape(here), "/srv/collector", "the folder of the collector's scripts became /srv/collector"),
          (r"https?://(?:[\w-]+\.)*(?:" + PACKAGE_HOSTS + r")(?::\d+)?", "https://packages.example",
           "package hosts became packages.example"),
          (r"\b(?:[\w-]+\.)*(?:" + PACKAGE_HOSTS + r")\b", "packages.example",
           "package hosts became packages.example")]
    kernel = os.uname().release
    r.append((re.escape(kernel), "6.1.0-28-amd64", "the collecting machine's kernel release became 6.1.0-28-amd64"))
    if host not in ("", "localhost", "lab"):
        r.append((r"(?<![\w.-])" + re.escape(host) + r"(?![\w-]|\.\w)", "collector", "the collecting machine's host name became collector"))
    return [(re.compile(p.encode()), t.encode(), s) for p, t, s in r]


def rewrite(root):
    """Applies the rules to every file (also inside .gz) and every file name. Returns {sentence: count}."""
    done = {}
    for p in list(files(root)):
        if os.path.islink(p):
            continue
        st = os.stat(p)
        gz = p.endswith(".gz")
        data = gzip.open(p).read() if gz else open(p, "rb").read()
        new = data
        for rx, to, say in rules():
            new, n = rx.subn(to, new)
            if n:
                done[say] = done.get(say, 0) + n
        if new != data:
            with open(p, "wb") as f:
                f.write(gzip.compress(new, mtime=0) if gz else new)
            os.utime(p, ns=(st.st_atime_ns, st.st_mtime_ns))
    return done


FORBIDDEN = [re.escape(TOP) + "/", re.escape(os.path.expanduser("~")) + r"/\.", r"tidemark", PACKAGE_HOSTS, r"/proc/self/fd"]


def check(data, where, extra=()):
    bad = []
    for p in FORBIDDEN + list(extra):
        m = re.search(p.encode(), data, re.I)
        if m:
            line = data[max(0, m.start() - 60):m.end() + 60]
            bad.append(f"{where}: {p}: {line!r}")
    return bad


def members(data, name):
    """Every file inside an archive, archives inside it and .gz opened."""
    if name.endswith((".tar.gz", ".tgz")):
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as t:
            for m in t:
                yield f"{name}!{m.name}", m.name.encode()
                if m.issym():
                    yield f"{name}!{m.name}", m.linkname.encode()
                if m.isfile():
                    yield from members(t.extractfile(m).read(), f"{name}!{m.name}")
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            for n in z.namelist():
                yield f"{name}!{n}", n.encode()
                yield from members(z.read(n), f"{name}!{n}")
    elif name.endswith(".gz"):
        yield name, gzip.decompress(data)
    else:
        yield name, data


def check_all(folder):
    host = os.environ["TM_HOSTNAME"]
    extra = [r"(?<![\w.-])" + re.escape(host) + r"(?![\w-]|\.\w)"] if host not in ("", "localhost") else []
    extra += [re.escape(os.environ["TM_RUN"]), re.escape(os.uname().release)]
    bad, n = [], 0
    for f in sorted(os.listdir(folder)):
        for where, data in members(open(os.path.join(folder, f), "rb").read(), f):
            n += 1
            bad += check(data, where, extra)
    return bad, n


def tar_gz(tree, name, out):
    """Sorted names, fixed owner, real times and modes, no time in the gzip head."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as t:
        for p in files(tree):
            i = t.gettarinfo(p, name + "/" + os.path.relpath(p, tree))
            if not (i.isreg() or i.issym()):
                continue
            i.uid = i.gid = 0
            i.uname = i.gname = "root"
            i.mtime = int(i.mtime)
            if i.isreg():
                with open(p, "rb") as f:
                    t.addfile(i, f)
            else:
                t.addfile(i)
    with open(out, "wb") as f, gzip.GzipFile(filename="", fileobj=f, mode="wb", compresslevel=9, mtime=0) as z:
        z.write(raw.getvalue())


def zip_entry(z, name, data, mtime, mode):
    i = zipfile.ZipInfo(name, time.gmtime(max(mtime, 315532800))[:6])
    i.compress_type = zipfile.ZIP_DEFLATED
    i.external_attr = (0o100000 | mode) << 16
    i.create_system = 3
    z.writestr(i, data, compresslevel=9)


def zip_tree(tree, name, out):
    with zipfile.ZipFile(out, "w") as z:
        for p in files(tree):
            if os.path.islink(p):
                continue
            st = os.stat(p)
            zip_entry(z, name + "/" + os.path.relpath(p, tree), open(p, "rb").read(), st.st_mtime, st.st_mode & 0o777)


def zip_file(inner, out):
    st = os.stat(inner)
    with zipfile.ZipFile(out, "w") as z:
        zip_entry(z, os.path.basename(inner), open(inner, "rb").read(), st.st_mtime, 0o644)


def sums(folder):
    lines = []
    for f in sorted(os.listdir(folder)):
        if f != "SHA256SUMS":
            lines.append(hashlib.sha256(open(os.path.join(folder, f), "rb").read()).hexdigest() + "  " + f + "\n")
    with open(os.path.join(folder, "SHA256SUMS"), "w") as f:
        f.writelines(lines)


def copy(src, dst):
    """Copies files and links, not sockets or pipes; keeps times and modes."""
    for p in files(src):
        q = os.path.join(dst, os.path.relpath(p, src))
        if os.path.islink(p):
            os.makedirs(os.path.dirname(q), exist_ok=True)
            os.symlink(os.readlink(p), q)
            st = os.lstat(p)
            os.utime(q, ns=(st.st_atime_ns, st.st_mtime_ns), follow_symlinks=False)
        elif os.path.isfile(p):
            os.makedirs(os.path.dirname(q), exist_ok=True)
            shutil.copy2(p, q)
