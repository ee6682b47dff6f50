// Files of Ray that are no logs: state dumps, session metadata, and what `ray local-dump` adds of packages and processes.
import type { Format, LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { hostOf, isIp, put, putIf } from '../text.ts';

/** A member that is one record: its first line opens it, all others join. */
function whole(
  id: string,
  category: string,
  action: string,
  finish: (draft: Draft, member: Member) => void,
): LineKind {
  return {
    id,
    read(line, draft, member) {
      if (member.state.whole === 'open') return false;
      member.state.whole = 'open';
      draft.parsed = true;
      draft.system = 'ray';
      draft.component = member.hint.component;
      means(draft, category, action, 'unknown');
      draft.message = line;
      finish(draft, member);
      return true;
    },
    joins: () => true,
    finish,
    samples: [],
  };
}

/** `debug_state.txt`: written over and over by each raylet of the folder, so that it shows the last one's last minute. */
export const rayState: Format = {
  id: 'ray.state',
  system: 'ray',
  kinds: [
    whole('ray.state', 'node', 'state_dump', (draft, member) => {
      const head = draft.message.slice(0, 2000);
      const node = /^Node ID: ([0-9a-f]{40,56})$/m.exec(head)?.[1];
      if (!node || draft.fields.indexOf('"node_id":') !== -1) return;
      member.fact('node_id', node);
      put(draft, 'node_id', node);
      draft.entity('ray_node', node, 'self');
      const name = /^Node name: (\S{1,200})$/m.exec(head)?.[1];
      putIf(draft, 'node_name', name);
      if (name && isIp(name)) draft.entity('ip', name, 'self');
    }),
  ],
};

const OWN_ADDRESS = /^\{"node_ip_address": ?"([\w.:%-]{2,64})"/;
const SOCKET = /"([\w.:%-]{2,64}):\/[^"]{1,400}": ?\{/g;
const TARGETS = /"((?:\d{1,3}\.){3}\d{1,3}:\d{1,5})"/g;

/** Configuration and session metadata: `node_ip_address.json`, `ports_by_node.json`, `prom_metrics_service_discovery.json`, `*_port_<node>`. */
export const rayConfiguration: Format = {
  id: 'config',
  system: 'ray',
  kinds: [
    whole('config', 'configuration', 'file', (draft, member) => {
      if (draft.entityCount > 0) return;
      const text = draft.message.slice(0, 20_000);
      const own = OWN_ADDRESS.exec(text)?.[1];
      if (own && isIp(own)) {
        member.fact('address', own);
        put(draft, 'address', own);
        draft.entity('ip', own, 'self');
        return;
      }
      const seen = new Set<string>();
      for (const shape of [SOCKET, TARGETS])
        for (const m of text.matchAll(shape)) seen.add(hostOf(m[1] as string));
      for (const ip of [...seen].slice(0, 100)) if (isIp(ip)) draft.entity('ip', ip, 'node');
    }),
  ],
};

/** `process_info.txt`: one process as four lines of YAML; a long command line is folded. */
export const rayProcess: LineKind = {
  id: 'ray.process',
  read(line, draft, member) {
    if (member.hint.component !== 'processes' || !line.startsWith('executable:')) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = 'processes';
    draft.message = line;
    means(draft, 'process', 'listed', 'unknown');
    return true;
  },
  joins: (line, draft) => draft.lines < 200 && /^(?:name|pid|status):|^\s/.test(line),
  finish(draft) {
    const text = draft.message;
    const command = /^executable: *([\s\S]*?)\n(?=name:|pid:|status:)/.exec(text)?.[1];
    putIf(
      draft,
      'command',
      command
        ?.replace(/^[>|]-?\s*/, '')
        .replace(/\n\s*/g, ' ')
        .replace(/^'([\s\S]*)'$/, '$1'),
    );
    putIf(draft, 'process_name', /^name: *(.{1,200})$/m.exec(text)?.[1]);
    putIf(draft, 'status', /^status: *(\S{1,40})$/m.exec(text)?.[1]);
    const pid = /^pid: *(\d{1,10})$/m.exec(text)?.[1];
    if (!pid) return;
    draft.pid = pid;
    draft.entity('process', pid, 'listed');
  },
  samples: [
    {
      path: 'dump/meta/process_info.txt',
      text: 'executable: /usr/bin/ray/core/src/ray/raylet/raylet\nname: raylet\npid: 12861\nstatus: sleeping\n\nexecutable: ray::f\nname: ray::f\npid: 77\nstatus: running\n\n',
      gives: [
        {
          component: 'processes',
          pid: '12861',
          lines: 5,
          fields: {
            command: '/usr/bin/ray/core/src/ray/raylet/raylet',
            process_name: 'raylet',
            status: 'sleeping',
          },
          entities: ['process:12861:listed'],
        },
        { pid: '77', fields: { process_name: 'ray::f' } },
      ],
    },
  ],
};

const REQUIREMENT = /^([A-Za-z0-9][\w.-]{0,100})(?:==(\S{1,100})| @ (\S{1,500}))$/;
const EDITABLE = /^-e (\S{1,500})$/;

/** `pip_packages.txt`: what `pip freeze` prints. */
export const rayPackage: LineKind = {
  id: 'ray.package',
  read(line, draft, member) {
    if (member.hint.component !== 'packages') return false;
    const m = REQUIREMENT.exec(line);
    const url = m?.[3] ?? EDITABLE.exec(line)?.[1];
    if (!m && !url) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = 'packages';
    draft.message = line;
    means(draft, 'configuration', 'package_listed', 'unknown');
    if (m) put(draft, 'package', m[1] as string);
    putIf(draft, 'version', m?.[2]);
    if (url) {
      put(draft, 'url', url);
      draft.entity('url', url, 'source');
    }
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'dump/pip_packages.txt',
      text: 'ray==2.58.0\nmine @ file:///tmp/mine.whl\n-e git+https://example.com/x.git@abc#egg=x\n',
      gives: [
        { fields: { package: 'ray', version: '2.58.0' }, action: 'package_listed' },
        {
          fields: { package: 'mine', url: 'file:///tmp/mine.whl' },
          entities: ['url:file:///tmp/mine.whl:source'],
        },
        { fields: { url: 'git+https://example.com/x.git@abc#egg=x' } },
      ],
    },
  ],
};

/** 1.0 and before: the lines at the head of a glog file, which state the year. */
export const rayGlogHeader: LineKind = {
  id: 'ray.glog.header',
  weight: () => 0.3,
  read(line, draft, member) {
    if (member.hint.family !== 'ray' || !line.startsWith('Log file created at: ')) return false;
    const year = Number(line.slice(21, 25));
    const month = Number(line.slice(26, 28));
    if (!(year >= 2010 && month >= 1 && month <= 12)) return false;
    member.years.startAt(year, month);
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = member.hint.component;
    draft.message = line;
    means(draft, 'process', 'log_open', 'success');
    return true;
  },
  joins(line, draft, member) {
    if (line.startsWith('Running on machine: ')) {
      const host = line.slice(20).trim();
      member.fact('host', host);
      put(draft, 'machine', host);
      draft.entity('host', host, 'origin');
      return true;
    }
    return line.startsWith('Log line format: ');
  },
  samples: [
    {
      path: 'session_2019-12-31_23-00-00_000001_77/logs/raylet.node7.ubuntu.log.INFO.20191231-230001.31609',
      text: 'Log file created at: 2019/12/31 23:00:01\nRunning on machine: node7\nLog line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg\nW1231 23:59:59.586911 31609 node_manager.cc:236] Last heartbeat was sent 7150 ms ago \nW0101 00:00:01.000001 31609 node_manager.cc:236] Last heartbeat was sent 558 ms ago',
      gives: [
        { lines: 3, component: 'raylet', pid: '31609', fields: { machine: 'node7', 'file.host': 'node7' } },
        {
          time: '2019-12-31T23:59:59.586911Z',
          action: 'heartbeat_late',
          nativeLevel: 'W',
          fields: { heartbeat_ms: 7150 },
        },
        { time: '2020-01-01T00:00:01.000001Z' },
      ],
    },
  ],
};
