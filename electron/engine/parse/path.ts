// What the path of a member says before its first byte: system, component, ids, year, and which formats to expect.
import { CONFIG_FILE, hint, type PathHint } from './path-hint.ts';
import { rayPath } from './path-ray.ts';
import { byteString, quote } from './text.ts';

export type { PathHint } from './path-hint.ts';

/** Fields of a hint as JSON members: name with colon, and value. */
export function sharedFields(h: PathHint): [string, string][] {
  return Object.entries(h.fields).map(([key, value]) => [`"${key}":`, quote(byteString(value))]);
}

/** glog: `<program>.<host>.<user>.log.<SEVERITY>.<date>-<time>.<pid>`; programs of the build tree are called lt-…, the user may be invalid-user. */
const MESOS_FILE =
  /^(?:lt-)?(mesos-[a-z-]{2,40}|marathon|chronos|[a-z-]{1,40}-framework)\.(.+)\.([^.]+)\.log\.(INFO|WARNING|ERROR|FATAL)\.(\d{4})(\d\d)(\d\d)-(\d{6})\.(\d+)/;
const MESOS_LINK =
  /^(?:lt-)?mesos-(master|slave|agent)(?:\.(?:INFO|WARNING|ERROR|FATAL)|[\w.-]*\.(?:stderr|stdout|log|out|err))(?:\.\d+)?$/;
const MESOS_SANDBOX =
  /(?:^|\/)slaves\/([^/]+)\/frameworks\/([^/]+)\/executors\/([^/]+)\/runs\/([^/]+)((?:\/containers\/[^/]+)*)\/(stdout|stderr)(?:\.\d+)?$/;
/** Any file of a container's sandbox: its path names four ids. */
const IN_SANDBOX =
  /(?:^|\/)slaves\/([^/]+)\/frameworks\/([^/]+)\/executors\/([^/]+)\/runs\/([^/]+)((?:\/containers\/[^/]+)*)\/[^/]/;
/** What DC/OS asked over HTTP when the bundle was made: `5050-master_state-summary.json`. */
const DCOS_SNAPSHOT = /^(\d{2,5})-([\w().-]{1,120}?)(?:\.json)?$/;
/** The journal of a unit, as DC/OS bundles name it; a unit file stands below systemd/. */
const UNIT_LOG = /(?:^|\/)(?:dcos|mesos|marathon|chronos|zookeeper|exhibitor)[\w@-]*\.service$/;
const MESOS_STANDALONE = /(?:^|\/)containers\/([^/]+)\/(stdout|stderr)(?:\.\d+)?$/;
const MESOS_META = /(?:^|\/)meta\/slaves\//;

const JSON_LINES = /\.(?:jsonl|ndjson)$/i;

const STAMP = /(?:^|[^0-9])(20\d\d)([-_./]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?![0-9])/;

/** Reads a member's path. Rotation suffixes and compression endings are looked through. */
export function readPath(path: string): PathHint {
  const clean = path.replace(/\.(?:gz|zst|bz2|xz)$/i, '');
  const base = clean.slice(clean.lastIndexOf('/') + 1);
  const low = clean.toLowerCase();
  const h =
    sandboxStream(clean) ??
    rayPath(clean, base) ??
    mesos(clean, base) ??
    nginx(low, base) ??
    registry(low, base) ??
    celery(low, base) ??
    other(low, base);
  if (h.year === 0) {
    const stamp = STAMP.exec(base) ?? STAMP.exec(clean);
    if (stamp) {
      h.year = Number(stamp[1]);
      h.month = Number(stamp[3]);
    }
  }
  if (h.component !== 'sandbox' && clean.indexOf('/runs/') !== -1) inSandbox(h, clean);
  if (UNIT_LOG.test(clean) && !/(?:^|\/)systemd\//.test(clean)) return h;
  if (!h.whole && CONFIG_FILE.test(clean) && !JSON_LINES.test(clean)) {
    h.whole = true;
    h.component = h.component || 'configuration';
  }
  return h;
}

/** Adds the ids that a sandbox path names. `latest` is a link, no id. */
function inSandbox(h: PathHint, path: string): void {
  const m = IN_SANDBOX.exec(path);
  if (!m) return;
  const [, agent = '', framework = '', executor = '', run = '', nested = ''] = m;
  if (agent !== 'latest') h.fields.agent_id = agent;
  h.fields.framework_id = framework;
  h.fields.executor_id = executor;
  h.entities.push(['mesos_executor', executor], ['mesos_framework', framework]);
  if (run === 'latest') return;
  const container = run + nested.replaceAll('/containers/', '.');
  h.fields.container_id = container;
  h.entities.unshift(['mesos_container', container]);
}

/** stdout and stderr of a container, whatever the executor is called: its name may hold `ray` or `celery`. */
function sandboxStream(path: string): PathHint | null {
  const sandbox = path.indexOf('/runs/') === -1 ? null : MESOS_SANDBOX.exec(path);
  if (!sandbox) return null;
  const h = hint({ family: 'mesos', sure: true, component: 'sandbox', strays: 'text' });
  inSandbox(h, path);
  h.fields.stream = sandbox[6] as string;
  return h;
}

function mesos(path: string, base: string): PathHint | null {
  const standalone = MESOS_STANDALONE.exec(path);
  if (standalone && /mesos|work_dir|agent|slave/.test(path)) {
    return hint({
      family: 'mesos',
      sure: true,
      component: 'sandbox',
      strays: 'text',
      fields: { container_id: standalone[1] as string, stream: standalone[2] as string },
      entities: [['mesos_container', standalone[1] as string]],
    });
  }
  const file = MESOS_FILE.exec(base);
  if (file) {
    const program = (file[1] as string).replace(/^mesos-|^.*-(?=framework$)/, '').replace('slave', 'agent');
    return hint({
      family: 'mesos',
      sure: true,
      component: program,
      role: program === 'master' || program === 'agent' ? program : '',
      year: Number(file[5]),
      month: Number(file[6]),
      day: Number(file[7]),
      pid: file[9] as string,
      fields: { 'file.host': file[2] as string, 'file.severity': file[4] as string },
    });
  }
  const link = MESOS_LINK.exec(base);
  if (link) {
    const program = (link[1] as string).replace('slave', 'agent');
    const printed = /\.std(?:out|err)$/.test(base);
    return hint({
      family: 'mesos',
      sure: true,
      component: program,
      role: program,
      strays: printed ? 'text' : 'unparsed',
    });
  }
  const snapshot = /(?:^|\/)(?:\d{1,3}\.){3}\d{1,3}_(?:master|agent|slave)/.test(path)
    ? DCOS_SNAPSHOT.exec(base)
    : /^505[01]-/.test(base)
      ? DCOS_SNAPSHOT.exec(base)
      : null;
  if (snapshot) {
    const port = snapshot[1] as string;
    const component = port === '5050' ? 'master' : port === '5051' ? 'agent' : '';
    return hint({
      family: 'mesos',
      component,
      role: component,
      whole: true,
      fields: { 'snapshot.port': port, 'snapshot.endpoint': snapshot[2] as string },
    });
  }
  const unit = /(?:^|\/)(?:dcos-)?mesos-(master|slave|agent)(?:-public)?(?:\.service)?$/.exec(path);
  if (unit) {
    const program = (unit[1] as string).replace('slave', 'agent');
    return hint({ family: 'mesos', sure: true, component: program, role: program });
  }
  if (/(?:^|\/)(?:runs|slaves)\/latest$/.test(path))
    return hint({ family: 'mesos', component: 'link', strays: 'text' });
  if (MESOS_META.test(path)) return hint({ family: 'mesos', component: 'meta', strays: 'text' });
  const named = /(?:^|[/_.-])(marathon|chronos|exhibitor|zookeeper)(?=[/_.-]|$)/.exec(path.toLowerCase());
  if (named) return hint({ family: 'mesos', component: named[1] as string });
  if (/(?:^|[/_.-])(?:mesos|dcos)(?=[/_.-]|$)/i.test(path)) {
    const which = /(master|slave|agent|framework)/.exec(base) ?? /(master|slave|agent|framework)/.exec(path);
    const program = which ? (which[1] as string).replace('slave', 'agent') : '';
    const text = /\.(?:stdout|stderr)$|^std(?:out|err)$/.test(base);
    return hint({ family: 'mesos', component: program, strays: text ? 'text' : 'unparsed' });
  }
  return null;
}

function registry(low: string, base: string): PathHint | null {
  if (
    !/(?:^|[/_.-])(?:registry|registries|distribution|docker-registry|garbage-collect|gc|notifications?)(?=\d*[/_.-]|$)/.test(
      low,
    )
  ) {
    return null;
  }
  const component = /\.ya?ml$|\.env$|\.conf$|htpasswd|^config\.json$/.test(base.toLowerCase())
    ? 'configuration'
    : /notif|envelope/.test(base)
      ? 'notification'
      : /access/.test(base)
        ? 'access'
        : /(?:^|[._-])gc|garbage/.test(base)
          ? 'gc'
          : 'app';
  return hint({
    family: 'registry',
    sure: false,
    component,
    role: component === 'notification' || component === 'configuration' ? '' : 'registry',
  });
}

/** nginx, usually in front of a registry. */
function nginx(low: string, base: string): PathHint | null {
  if (!/(?:^|[/_.-])nginx(?=\d*[/_.-]|$)/.test(low) || /registry|celery|mesos|raylet/i.test(base))
    return null;
  return hint({ family: 'nginx', component: /error/.test(base) ? 'error' : 'access' });
}

function celery(low: string, base: string): PathHint | null {
  if (/(?:^|[/_.-])rabbit(?:mq)?(?=[@/_.-]|$)/.test(low))
    return hint({ family: 'rabbitmq', component: 'broker', role: 'broker' });
  if (/redis/.test(base)) return hint({ family: 'redis', component: 'redis', strays: 'text' });
  const beat = /(?:^|[/_.-])(?:celery[-_.]?)?beat(?=[/_.@-]|$)/.test(low);
  const flower = /(?:^|[/_.-])flower(?=[/_.-]|$)/.test(low);
  if (!beat && !flower && !/celery/.test(low) && !/^[\w.-]+@[\w.-]+\.log/.test(base)) return null;
  const component = beat ? 'beat' : flower ? 'flower' : 'worker';
  // What a program prints before its logging is set up is text; the first line of the log ends that.
  return hint({ family: 'celery', component, role: component, strays: 'text' });
}

function other(low: string, base: string): PathHint {
  if (/(?:^|\/)(?:syslog|messages|kern\.log|auth\.log|secure|dmesg[\w.-]*)(?:\.\d+)?$/.test(low)) {
    return hint({ component: base.replace(/[._-].*$/, '') });
  }
  if (/^summary(?:Errors)?Report\.txt$/.test(base)) {
    return hint({ component: 'dcos_diagnostics', strays: 'text' });
  }
  return hint({});
}
