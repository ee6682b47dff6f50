"""HTTP clients of the story: every one is bound to its own source address."""
import base64
import hashlib
import http.client
import http.server
import json
import os
import threading
import time

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER = ("docker/20.10.24+dfsg1 go/go1.19.8 git-commit/5d6db84 kernel/5.10.0-28-amd64 os/linux arch/amd64 "
          "UpstreamClient(Docker-Client/20.10.24+dfsg1 \\(linux\\))")
CURL = "curl/7.88.1"


class Client:
    def __init__(self, source, server, agent, user=None, password=None, timeout=30):
        self.source, self.agent, self.timeout = source, agent, timeout
        self.host, port = server.split(":")
        self.port = int(port)
        self.auth = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode() if user else None

    def __call__(self, method, path, body=None, **headers):
        c = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout, source_address=(self.source, 0))
        h = {"User-Agent": self.agent}
        if self.auth:
            h["Authorization"] = self.auth
        h.update({k.replace("_", "-"): v for k, v in headers.items()})
        c.request(method, path, body=body, headers=h)
        r = c.getresponse()
        data = r.read()
        c.close()
        return r.status, r.headers, data

    # ---- registry --------------------------------------------------------
    def upload(self, repo, blob):
        digest = "sha256:" + hashlib.sha256(blob).hexdigest()
        if self("HEAD", f"/v2/{repo}/blobs/{digest}")[0] == 200:
            return digest
        s, h, _ = self("POST", f"/v2/{repo}/blobs/uploads/", body=b"")
        assert s == 202, s
        where = h["Location"].split(f":{self.port}", 1)[-1]
        s, h, _ = self("PATCH", where, body=blob, Content_Type="application/octet-stream")
        assert s == 202, s
        where = h["Location"].split(f":{self.port}", 1)[-1]
        s, _, d = self("PUT", where + ("&" if "?" in where else "?") + "digest=" + digest, body=b"")
        assert s == 201, (s, d)
        return digest

    def push(self, repo, tag, config, layers):
        m = {"schemaVersion": 2, "mediaType": MANIFEST,
             "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(config),
                        "digest": self.upload(repo, config)},
             "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": len(x),
                         "digest": self.upload(repo, x)} for x in layers]}
        body = json.dumps(m, indent=3).encode()
        s, h, d = self("PUT", f"/v2/{repo}/manifests/{tag}", body=body, Content_Type=MANIFEST)
        assert s == 201, (s, d)
        return h["Docker-Content-Digest"]

    def pull(self, repo, tag):
        """As dockerd does: ping without a password, then the manifest and its blobs."""
        Client(self.source, f"{self.host}:{self.port}", self.agent)("GET", "/v2/")
        s, h, _ = self("HEAD", f"/v2/{repo}/manifests/{tag}", Accept=MANIFEST)
        if s != 200:
            return None
        digest = h["Docker-Content-Digest"]
        _, _, body = self("GET", f"/v2/{repo}/manifests/{digest}", Accept=MANIFEST)
        m = json.loads(body)
        for b in [m["config"]] + m["layers"]:
            self("GET", f"/v2/{repo}/blobs/{b['digest']}")
        return digest


def image(rng, name, layers=2):
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Labels": {"name": name}},
                         "nonce": rng.getrandbits(64)}).encode()
    return config, [rng.randbytes(rng.randrange(8_000, 40_000)) for _ in range(layers)]


class Server(threading.Thread):
    """Serves `files` on one address, or keeps the bodies posted to it in `sink`."""

    def __init__(self, address, port, files=None, sink=None):
        super().__init__(daemon=True)
        lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *a):
                pass

            def do_GET(self):
                data = (files or {}).get(self.path)
                self.send_response(200 if data is not None else 404)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if sink:
                    with lock, open(sink, "ab") as f:
                        f.write(body)
                        if not body.endswith(b"\n"):
                            f.write(b"\n")
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = http.server.ThreadingHTTPServer((address, port), Handler)
        self.server.daemon_threads = True

    def run(self):
        self.server.serve_forever()
