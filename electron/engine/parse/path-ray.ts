// What a path says of a file of Ray: component, session, ids, pid. Names: Ray's logging guide, sources of 0.5 to 2.60, runs of 2.9 to 2.60.
import { Buffer } from 'node:buffer';
import { CONFIG_FILE, hint, type PathHint } from './path-hint.ts';

const SESSION = /(?:^|\/)session_(\d{4})-(\d\d)-(\d\d)_(\d\d)-(\d\d)-(\d\d)_(\d+)_(\d+)(?:\/|$)/;
/** `{name}[.{index}].{out,err,log}[.{rotation}]`: a number before the ending is another process of the kind, one behind it an older file. */
const DAEMON =
  /^(raylet|raylet_monitor|gcs_server|dashboard_agent|dashboard_[A-Z]\w*|dashboard|agent|runtime_env_agent|log_monitor|monitor|reporter|ray_client_server(?:_\d+)?|ray_process_exit|plasma_store|redis(?:-shard_\d+)?)(?:[._-](\d+))?\.(?:log|out|err)(?:\.\d+)?$/;
/** 1.0 and before: glog's own names. */
const GLOG =
  /^(raylet|raylet_monitor|gcs_server|plasma_store_server|plasma_store|(?:python-)?core-(?:worker|driver)|io_worker)(?:-([0-9a-f]{40,56}))?\.(.+)\.([^.]+)\.log\.(?:INFO|DEBUG|WARNING|ERROR|FATAL)\.(\d{4})(\d\d)(\d\d)-(\d{6})\.(\d+)/;
const CORE = /^(?:python|java)-core-(worker|driver|spill_worker|restore_worker)-([0-9a-f]{8,56})_(\d+)\.log/;
const WORKER = /^(?:io[-_])?worker-([0-9a-f]{20,56})(?:-([0-9a-f]{8}))?(?:-(\d+))?\.(?:out|err)/;
const JAVA_WORKER = /^java-worker-([0-9a-f]{8})-(\d+)\.log/;
const JOB_DRIVER = /^job-driver-(.+?)\.log(?:\.\d+)?$/;
const SUPERVISOR = /^supervisor-(.+?)\.log(?:\.\d+)?$/;
const SETUP = /^runtime_env_setup-(.+?)\.log(?:\.\d+)?$/;
const EVENT = /^event_(?:GCS|RAYLET|JOBS|AUTOSCALER|CORE_WORKER|EXPORT_[A-Z_]+)(?:_(\d+))?[\w-]*\.log/;
const SERVE =
  /^(controller|proxy|http_proxy|grpc_proxy|replica|deployment|build|app|autoscaling_snapshot)_.*\.log/;
/** KubeRay's history server: cluster, session and node are folders. */
const HISTORY =
  /(?:^|\/)raycluster\/([^/]+)\/([^/]+)\/(session_[^/]+)\/(?:([0-9a-f]{56})\/)?(?:(logs|node_events|job_events)(?:\/|$))?/;
const NODE_FOLDER = /(?:^|\/)([0-9a-f]{56})\//;
/** `metrics_agent_port_<node>` and its like hold a port. */
const PORT_FILE = /^\w{1,40}_port_([0-9a-f]{56})$/;
/** Libraries write below the session's logs in folders of their own. */
const LIBRARY = /(?:^|\/)logs\/(ray-data|train|tune)\//;

export function rayPath(path: string, base: string): PathHint | null {
  const session = SESSION.exec(path);
  const fields: Record<string, string> = {};
  const entities: [string, string][] = [];
  const dated: Partial<PathHint> = {};
  if (session) {
    fields.session = session[0].replaceAll('/', '');
    dated.year = Number(session[1]);
    dated.month = Number(session[2]);
    dated.day = Number(session[3]);
  }
  const history = HISTORY.exec(path);
  if (history) {
    fields.namespace = history[1] as string;
    fields.cluster = history[2] as string;
  }
  const node = history?.[4] ?? (session ? NODE_FOLDER.exec(path)?.[1] : undefined);
  if (node) {
    fields.node_id = node;
    entities.push(['ray_node', node]);
  }
  const inRay = session !== null || history !== null || /(?:^|\/)(?:ray|kuberay)(?:[-_/.]|$)/i.test(path);
  const make = (component: string, over: Partial<PathHint> = {}): PathHint =>
    hint({ family: 'ray', sure: true, component, fields, entities, ...dated, ...over });

  const core = CORE.exec(base);
  if (core) {
    fields.worker_id = core[2] as string;
    fields.worker_type = core[1] as string;
    entities.push(['ray_worker', core[2] as string]);
    return make('core_worker', { pid: core[3] as string });
  }
  const worker = WORKER.exec(base);
  if (worker) {
    fields.worker_id = worker[1] as string;
    if (base.startsWith('io')) fields.worker_type = 'io_worker';
    entities.push(['ray_worker', worker[1] as string]);
    takeJob(worker[2]);
    return make('worker', { pid: worker[3] ?? '', strays: 'text' });
  }
  const java = JAVA_WORKER.exec(base);
  if (java) {
    takeJob(java[1]);
    return make('worker', { pid: java[2] as string, strays: 'text' });
  }
  const driver = JOB_DRIVER.exec(base);
  if (driver) {
    takeSubmission(driver[1] as string);
    return make('driver', { strays: 'text' });
  }
  const supervisor = SUPERVISOR.exec(base);
  if (supervisor && (session || /(?:^|\/)jobs\//.test(path))) {
    takeSubmission(supervisor[1] as string);
    return make('job_supervisor', { strays: 'text' });
  }
  const setup = SETUP.exec(base);
  if (setup) {
    if (/^[0-9a-f]{8}$/.test(setup[1] as string)) fields.job_id = setup[1] as string;
    return make('runtime_env_agent', { strays: 'text' });
  }
  const event = EVENT.exec(base);
  if (event) return make('events', { pid: event[1] ?? '' });
  if (history?.[5]?.endsWith('_events')) {
    takeJob(jobOf(/\/job_events\/([^/]+)\//.exec(path)?.[1]));
    return make('events');
  }
  const serve = SERVE.exec(base);
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
  const port = PORT_FILE.exec(base);
  if (port) {
    fields.node_id = port[1] as string;
    return make('configuration', { whole: true, entities: [['ray_node', port[1] as string]] });
  }
  const glog = GLOG.exec(base);
  if (glog) {
    const program = (glog[1] as string).replace('plasma_store_server', 'plasma_store');
    if (glog[2]) {
      fields.worker_id = glog[2];
      entities.push(['ray_worker', glog[2]]);
    }
    fields['file.host'] = glog[3] as string;
    return make(/core-|io_worker/.test(program) ? 'core_worker' : program, {
      year: Number(glog[5]),
      month: Number(glog[6]),
      day: Number(glog[7]),
      pid: glog[9] as string,
    });
  }
  const daemon = DAEMON.exec(base);
  if (daemon) {
    const name = daemon[1] as string;
    if (!inRay && !/(?:^|\/)logs\//.test(path) && /^(?:monitor|dashboard|redis|agent|reporter)/.test(name))
      return null;
    if (name.startsWith('redis')) return hint({ ...make('redis', { strays: 'text' }), family: 'redis' });
    if (name === 'agent' && !session) return inRay ? make('dashboard_agent', { strays: 'text' }) : null;
    if (daemon[2] !== undefined && name !== 'agent') fields.process_index = daemon[2];
    const raw =
      /\.err(?:\.\d+)?$/.test(base) ||
      (/\.out(?:\.\d+)?$/.test(base) && !/^(?:raylet|gcs_server|plasma_store)/.test(name));
    const module = /^dashboard_([A-Z]\w*)$/.exec(name);
    if (module) fields.module = module[1] as string;
    const role = /^(?:gcs_server|dashboard$|dashboard_[A-Z]|monitor)/.test(name) ? 'head' : '';
    const component = module
      ? 'dashboard'
      : name === 'agent' || name === 'reporter'
        ? 'dashboard_agent'
        : name.replace(/_\d+$/, '');
    return make(component, { strays: raw ? 'text' : 'unparsed', role });
  }
  if (base === 'ray_current_cluster') return make('configuration', { whole: true });
  if (!inRay) return null;
  if (CONFIG_FILE.test(path))
    return hint({ family: 'ray', component: 'configuration', fields, entities, ...dated });
  const library = LIBRARY.exec(path)?.[1]?.replace('ray-', '');
  return hint({
    family: 'ray',
    component: library ?? (/driver/.test(base) ? 'driver' : ''),
    strays: 'text',
    fields,
    entities,
    ...dated,
  });

  function takeJob(id: string | undefined): void {
    if (!id || id === 'ffffffff') return;
    fields.job_id = id;
    entities.push(['ray_job', id]);
  }

  function takeSubmission(id: string): void {
    fields.submission_id = id;
    entities.push(['ray_submission', id]);
  }
}

/** A job folder is named in hexadecimal or, as events name jobs, in base64. */
function jobOf(folder: string | undefined): string | undefined {
  if (!folder || /^[0-9a-f]{8}$/.test(folder)) return folder;
  const hex = Buffer.from(folder, 'base64').toString('hex');
  return hex.length === 8 ? hex : undefined;
}
