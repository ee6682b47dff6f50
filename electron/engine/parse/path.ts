// What the path of a member says before its first byte: system, component, ids, year, and which formats to expect.
import type { StrayRule } from './kind.ts';
import { byteString, quote } from './text.ts';

export interface PathHint {
  /** Format family the path speaks for: ray, celery, mesos, registry, redis; '' when it says nothing. */
  family: string;
  /** The path is documented for the family, not merely similar. */
  sure: boolean;
  component: string;
  strays: StrayRule;
  /** The whole member is one record: a dump or a configuration file. */
  whole: boolean;
  year: number;
  month: number;
  /** 0 unless the path states the day of the first line. */
  day: number;
  role: string;
  /** Ids the path names, as fields of every record. */
  fields: Record<string, string>;
  /** kind, value pairs that every record of the member concerns. */
  entities: [string, string][];
  pid: string;
}

const hint = (over: Partial<PathHint>): PathHint => ({
  family: '',
  sure: false,
  component: '',
  strays: 'unparsed',
  whole: false,
  year: 0,
  month: 0,
  day: 0,
  role: '',
  fields: {},
  entities: [],
  pid: '',
  ...over,
});

/** Fields of a hint as JSON members: name with colon, and value. */
export function sharedFields(h: PathHint): [string, string][] {
  return Object.entries(h.fields).map(([key, value]) => [`"${key}":`, quote(byteString(value))]);
}

const RAY_SESSION = /(?:^|\/)session_(\d{4})-(\d\d)-(\d\d)_(\d\d)-(\d\d)-(\d\d)_(\d+)_(\d+)(?:\/|$)/;
const RAY_DAEMON =
  /^(raylet|gcs_server|dashboard_agent|dashboard_[A-Z]\w*|dashboard|runtime_env_agent|log_monitor|monitor|ray_client_server(?:_\d+)?|ray_process_exit|plasma_store|redis(?:-shard_\d+)?)(?:\.\d+|_\d+)?\.(?:log|out|err)(?:\.\d+)?$/;
const RAY_CORE = /^python-core-(worker|driver|spill_worker|restore_worker)-([0-9a-f]{8,56})_(\d+)\.log/;
const RAY_WORKER = /^(?:io-)?worker-([0-9a-f]{8,56})-(?:([0-9a-f]{8})-)?(\d+)\.(?:out|err)/;
const RAY_JOB_DRIVER = /^job-driver-(.+?)\.log(?:\.\d+)?$/;
const RAY_SUPERVISOR = /^supervisor-(.+?)\.log(?:\.\d+)?$/;
const RAY_SETUP = /^runtime_env_setup-(.+?)\.log(?:\.\d+)?$/;
const RAY_EVENT = /^event_(?:GCS|RAYLET|JOBS|AUTOSCALER|CORE_WORKER|EXPORT_\w+)[\w-]*\.log/;
const RAY_SERVE = /^(controller|proxy|replica|deployment|http_proxy)_.*\.log/;

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

const CONFIG_FILE =
  /(?:\.(?:ya?ml|json|ini|conf|cfg|cnf|toml|properties|env|service|pem|crt|csr|key|pub|xml|rules|proto)|(?:^|\/|\.)htpasswd|\/(?:hosts|hostname|resolv\.conf|passwd|group|crontab|timezone|Dockerfile|credentials?)|(?:^|\/)(?:sha\d*|md5)sums?(?:\.txt)?|(?:^|\/)celery_?config\.py|\/(?:default|sysconfig|conf\.d)\/celery[\w.-]*)$/i;
const JSON_LINES = /\.(?:jsonl|ndjson)$/i;

const STAMP = /(?:^|[^0-9])(20\d\d)([-_./]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?![0-9])/;

/** Reads a member's path. Rotation suffixes and compression endings are looked through. */
export function readPath(path: string): PathHint {
  const clean = path.replace(/\.(?:gz|zst|bz2|xz)$/i, '');
  const base = clean.slice(clean.lastIndexOf('/') + 1);
  const low = clean.toLowerCase();
  const h =
    ray(clean, base) ?? mesos(clean, base) ?? registry(low, base) ?? celery(low, base) ?? other(low, base);
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

function ray(path: string, base: string): PathHint | null {
  const session = RAY_SESSION.exec(path);
  const fields: Record<string, string> = {};
  const dated: Partial<PathHint> = {};
  if (session) {
    fields.session = session[0].replaceAll('/', '');
    dated.year = Number(session[1]);
    dated.month = Number(session[2]);
  }
  const make = (component: string, over: Partial<PathHint> = {}): PathHint =>
    hint({ family: 'ray', sure: true, component, fields, ...dated, ...over });

  const core = RAY_CORE.exec(base);
  if (core) {
    fields.worker_id = core[2] as string;
    fields.worker_type = core[1] as string;
    return make('core_worker', { pid: core[3] as string, entities: [['ray_worker', core[2] as string]] });
  }
  const worker = RAY_WORKER.exec(base);
  if (worker) {
    fields.worker_id = worker[1] as string;
    const entities: [string, string][] = [['ray_worker', worker[1] as string]];
    if (worker[2] && worker[2] !== 'ffffffff') {
      fields.job_id = worker[2];
      entities.push(['ray_job', worker[2]]);
    }
    return make('worker', { pid: worker[3] as string, strays: 'text', entities });
  }
  const driver = RAY_JOB_DRIVER.exec(base);
  if (driver) {
    fields.submission_id = driver[1] as string;
    return make('driver', { strays: 'text', entities: [['ray_submission', driver[1] as string]] });
  }
  const supervisor = RAY_SUPERVISOR.exec(base);
  if (supervisor && (session || /(?:^|\/)jobs\//.test(path))) {
    fields.submission_id = supervisor[1] as string;
    return make('job_supervisor', {
      strays: 'text',
      entities: [['ray_submission', supervisor[1] as string]],
    });
  }
  const setup = RAY_SETUP.exec(base);
  if (setup) {
    if (/^[0-9a-f]{8}$/.test(setup[1] as string)) fields.job_id = setup[1] as string;
    return make('runtime_env_agent', { strays: 'text' });
  }
  if (RAY_EVENT.test(base)) return make('events');
  const serve = RAY_SERVE.exec(base);
  if (serve && /(?:^|\/)serve\//.test(path)) {
    fields['serve.actor'] = serve[1] as string;
    return make('serve', { strays: 'text' });
  }
  if (/^debug_state(?:_gcs)?\.txt/.test(base)) {
    return make(base.includes('gcs') ? 'gcs_server' : 'raylet', { whole: true });
  }
  if (/^(?:pip_packages|process_info)\.txt$/.test(base)) {
    return make(base.startsWith('pip') ? 'packages' : 'processes', { strays: 'text' });
  }
  const daemon = RAY_DAEMON.exec(base);
  if (daemon) {
    const name = daemon[1] as string;
    const inRay = session !== null || /(?:^|\/)ray(?:[-_/]|$)|(?:^|\/)logs\//.test(path);
    if (!inRay && /^(?:monitor|dashboard|redis)/.test(name)) return null;
    if (name.startsWith('redis')) return hint({ ...make('redis', { strays: 'text' }), family: 'redis' });
    const raw = /\.(?:out|err)(?:\.\d+)?$/.test(base) && !/^(?:raylet|gcs_server|plasma_store)/.test(name);
    const module = /^dashboard_([A-Z]\w*)$/.exec(name);
    if (module) fields.module = module[1] as string;
    const role = /^(?:gcs_server|dashboard$|dashboard_[A-Z]|monitor)/.test(name) ? 'head' : '';
    return make(module ? 'dashboard' : name.replace(/_\d+$/, ''), {
      strays: raw ? 'text' : 'unparsed',
      role,
    });
  }
  if (session || /(?:^|\/)(?:ray|kuberay)(?:[-_/.]|$)/i.test(path)) {
    if (CONFIG_FILE.test(path)) return hint({ family: 'ray', component: 'configuration', fields, ...dated });
    return hint({
      family: 'ray',
      component: /driver/.test(base) ? 'driver' : '',
      strays: 'text',
      fields,
      ...dated,
    });
  }
  return null;
}

/** Adds the ids that a sandbox path names. `latest` is a link, no id. */
function inSandbox(h: PathHint, path: string): void {
  const m = IN_SANDBOX.exec(path);
  if (!m) return;
  const [, agent = '', framework = '', executor = '', run = '', nested = ''] = m;
  if (agent !== 'latest') h.fields.agent_id = agent;
  h.fields.framework_id = framework;
  h.fields.executor_id = executor;
  h.entities.push(['mesos_executor', executor]);
  if (run === 'latest') return;
  const container = run + nested.replaceAll('/containers/', '.');
  h.fields.container_id = container;
  h.entities.unshift(['mesos_container', container]);
}

function mesos(path: string, base: string): PathHint | null {
  const sandbox = MESOS_SANDBOX.exec(path);
  if (sandbox) {
    const h = hint({ family: 'mesos', sure: true, component: 'sandbox', strays: 'text' });
    inSandbox(h, path);
    h.fields.stream = sandbox[6] as string;
    return h;
  }
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
  const component = /notif|envelope/.test(base)
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
    role: component === 'notification' ? '' : 'registry',
  });
}

function celery(low: string, base: string): PathHint | null {
  if (/(?:^|[/_.-])rabbit(?:mq)?(?=[@/_.-]|$)/.test(low))
    return hint({ family: 'rabbitmq', component: 'broker', role: 'broker' });
  if (/redis/.test(base)) return hint({ family: 'redis', component: 'redis', strays: 'text' });
  const beat = /(?:^|[/_.-])(?:celery[-_.]?)?beat(?=[/_.@-]|$)/.test(low);
  const flower = /(?:^|[/_.-])flower(?=[/_.-]|$)/.test(low);
  if (!beat && !flower && !/celery/.test(low) && !/^[\w.-]+@[\w.-]+\.log/.test(base)) return null;
  const component = beat ? 'beat' : flower ? 'flower' : 'worker';
  return hint({ family: 'celery', component, role: component });
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
