// The node a member most likely comes from, told by names alone; lines inside may say better later.

const ARCHIVE_ENDING = /\.(?:tar|tgz|tbz2?|txz|tlz|tzst|zip|7z|tar\.(?:gz|bz2|xz|zst|zstd|lz4|lzma|z))$/i;
const COMPRESSION_ENDING = /\.(?:gz|bz2|xz|zst|zstd|lz4)$/i;

/** Names that say what was packed, not where: dumps, dates, words for 'all of it'. */
const GENERIC =
  /^(?:(?:bundles?|logs?|local_node|archives?|dumps?|diag(?:nostics?)?|support|evidence|collected|collection|export|backup|data|files|output|download|untitled|incident|case|all|cluster|nodes?|hosts?|var|tmp|home|opt|mnt|srv|root|log|session_(?:latest|[\d-]+_[\d_-]+)|collected_logs|cluster_logs|ray_logs|\d+|v?\d[\d.TZt:z_-]*)(?:[-_. ]+|$))+$/i;

/** `ray cluster-dump` names the archive of each node so (autoscaler/_private/cluster_dump.py). */
const RAY_DUMP = /^ray_(?:worker|head)(?:_\d+)?_(.+)$/i;
const MESOS_DUMP = /^mesos-logs-(.+)$/i;

/** dcos-diagnostics nodeBundleFilename: `<ip>_<role>`. */
const DCOS_NODE = /^((?:\d{1,3}\.){3}\d{1,3})_(?:master|agent|agent_public|slave|slave_public)$/;

/** Celery `%n@%h` with what a shell or logrotate put after it; `name@instance.service` is a systemd unit. */
const CELERY_FILE =
  /^[^@/]+@(?!.*\.(?:service|timer|socket|mount))([^@/]+?)(?:\.(?:log|stdout|stderr|out|err|debug|info|warning|error|json|celery)(?:[-.+_].*)?)?$/i;

/** glog: `<program>.<host>.<user>.log.<SEVERITY>.<date>-<time>.<pid>`. */
const GLOG_FILE = /^(?:lt-)?mesos-[a-z-]+\.(.+)\.[^.]+\.log\.(?:INFO|WARNING|ERROR|FATAL)\.\d{8}-\d{6}\.\d+/;

/**
 * In order: the archive around the member (the innermost that has a telling name), a name in the path that is
 * documented to state a host, the top folder, the bundle's own name.
 */
export function nodeOf(bundleName: string, memberPath: string, bundleIsArchive: boolean): string {
  const nesting = memberPath.split('!/');
  const inner = nesting.pop()!;
  for (const archive of nesting.reverse()) {
    const stem = stemOf(lastOf(archive));
    if (!isGeneric(stem)) return hostIn(stem);
  }
  const bundle = stemOf(bundleName);
  if (bundleIsArchive && !isGeneric(bundle)) return hostIn(bundle);

  const path = nesting.length > 0 && !bundleIsArchive ? [...nesting.reverse(), inner].join('/') : inner;
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  const stated = statedHost(segments);
  if (stated) return stated;
  const folder = segments
    .slice(0, -1)
    .find((segment) => !isGeneric(stemOf(segment)) && !ARCHIVE_ENDING.test(segment));
  if (folder && (segments[0] === folder || isGeneric(segments[0]!))) return hostIn(folder);
  return hostIn(bundle) || bundleName;
}

/** The host that a documented name states, from the file's name outwards. */
function statedHost(segments: string[]): string | null {
  for (const segment of segments.toReversed()) {
    const name = segment.replace(COMPRESSION_ENDING, '');
    const dcos = DCOS_NODE.exec(stemOf(segment));
    if (dcos) return dcos[1]!;
    const glog = GLOG_FILE.exec(name);
    if (glog) return glog[1]!;
    const celery = CELERY_FILE.exec(name);
    if (celery && segment === segments.at(-1)) return celery[1]!;
  }
  return null;
}

function hostIn(stem: string): string {
  const dump = RAY_DUMP.exec(stem) ?? MESOS_DUMP.exec(stem) ?? DCOS_NODE.exec(stem);
  return dump ? dump[1]! : stem;
}

function isGeneric(stem: string): boolean {
  return stem === '' || GENERIC.test(stem);
}

/** Without archive and log endings: `node-7.tar.gz` and `node-7.log.gz` both stand for `node-7`. */
function stemOf(name: string): string {
  const bare = name.replace(ARCHIVE_ENDING, '').replace(COMPRESSION_ENDING, '');
  return bare.replace(/\.(?:log|txt|out|err|json|jsonl)(?:\.\d+)?$/i, '') || bare;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
