"""The Celery application of the sample: deploys images, sends mail, builds reports."""
import base64
import http.client
import json
import os
import select

from celery import Celery
from celery.utils.log import get_task_logger

REGISTRY = os.environ["REGISTRY"]
AUTH = "Basic " + base64.b64encode(os.environ["REGISTRY_USER"].encode()).decode()
BROKER = os.environ["BROKER"]
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"

app = Celery("tasks", broker=BROKER, backend=BROKER)
app.conf.update(
    broker_connection_retry_on_startup=True,
    task_default_queue="default",
    worker_prefetch_multiplier=1,
    result_expires=600,
    beat_schedule={
        "check image (worker 2)": {"task": "deploy.check_image", "schedule": 20.0,
                                   "args": ("team/app", "latest"), "options": {"queue": "deploy-2"}},
        "check image (worker 1)": {"task": "deploy.check_image", "schedule": 25.0,
                                   "args": ("team/app", "latest"), "options": {"queue": "deploy-1"}},
        "send newsletter": {"task": "mail.send", "schedule": 7.0, "args": ("newsletter",)},
        "charge cards": {"task": "billing.charge", "schedule": 11.0, "args": (40,)},
    },
)
logger = get_task_logger(__name__)


def pause(seconds):
    select.select([], [], [], seconds)  # time.sleep() fails under libfaketime 0.9.10


def registry(task, method, path):
    host, port = REGISTRY.split(":")
    c = http.client.HTTPConnection(host, int(port), timeout=10, source_address=(os.environ["NODE_IP"], 0))
    c.request(method, path, headers={"User-Agent": f"celery-deployer/1.0 task={task.request.id}",
                                     "Authorization": AUTH, "Accept": MANIFEST})
    r = c.getresponse()
    body = r.read()
    c.close()
    return r.status, r.headers, body


@app.task(bind=True, name="deploy.check_image")
def check_image(self, repo, tag):
    status, headers, _ = registry(self, "HEAD", f"/v2/{repo}/manifests/{tag}")
    if status != 200:
        raise RuntimeError(f"registry answered {status} for {repo}:{tag}")
    digest = headers["Docker-Content-Digest"]
    logger.info("resolved %s:%s to %s", repo, tag, digest)
    seen = "/srv/deployed"
    old = open(seen).read() if os.path.exists(seen) else ""
    if old != digest:
        with open(seen, "w") as f:
            f.write(digest)
        queue = self.request.delivery_info["routing_key"]
        rollout.apply_async((repo, tag, digest), queue=queue)
    return digest[:19]


@app.task(bind=True, name="deploy.rollout")
def rollout(self, repo, tag, digest):
    logger.info("pulling %s:%s %s", repo, tag, digest)
    status, _, body = registry(self, "GET", f"/v2/{repo}/manifests/{digest}")
    if status != 200:
        raise RuntimeError(f"registry answered {status} for {repo}@{digest}")
    m = json.loads(body)
    size = 0
    for b in [m["config"]] + m["layers"]:
        size += len(registry(self, "GET", f"/v2/{repo}/blobs/{b['digest']}")[2])
    logger.info("deployed %s:%s %s, %d bytes", repo, tag, digest, size)
    return size


@app.task(bind=True, name="deploy.start_replica")
def start_replica(self, repo, tag, number):
    status, headers, body = registry(self, "GET", f"/v2/{repo}/manifests/{tag}")
    if status != 200:
        code = json.loads(body)["errors"][0]["code"]
        raise RuntimeError(f"cannot start replica {number} of {repo}:{tag}: {status} {code}")
    logger.info("replica %s of %s:%s runs %s", number, repo, tag, headers["Docker-Content-Digest"])
    return number


@app.task(name="mail.send")
def send(kind):
    pause(0.05)
    return f"{kind} sent"


@app.task(name="billing.charge")
def charge(amount):
    pause(0.1)
    return {"amount": amount, "ok": True}


@app.task(name="reports.build")
def build(rows):
    """Holds all its rows in memory: above some number the kernel ends it."""
    held = []
    for _ in range(rows):
        held.append(bytearray(os.urandom(1 << 16) * 128))  # 8 MiB
        pause(0.03)
    return len(held)
