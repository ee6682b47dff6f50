// Fluentd: its file output (`time<TAB>tag<TAB>{json}`, blanks or commas on wish) and its stdout output (`time zone tag: {json}`).
import { textOf } from '../text.ts';
import { cursor, isoAt, MINUTE_US, zoneAt } from '../time.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer, placeOf } from './carrier.ts';
import { objectOn } from './json.ts';
import { takeRecord } from './record-json.ts';

const TAG = /^[\w.*@/:-]{1,400}$/;
const EPOCH = /^\d{9,10}(?:\.\d{1,9})?$/;

/** Fills `outer` from a record of Fluentd or Fluent Bit, which keeps the line under `log` or `message`. */
function fromRecord(json: string, tag: string, time: number, zoned: boolean): boolean {
  const object = objectOn(json);
  if (!object || !TAG.test(tag)) return false;
  if (!takeRecord(object)) carry(json);
  outer.tag = tag;
  placeOf(tag);
  if (!Number.isNaN(time)) {
    outer.time = time;
    outer.zoned = zoned;
  }
  return true;
}

export const fluentd: Carrier = {
  id: 'fluentd',
  share: 0.1,
  starts: '0123456789',
  open(line) {
    if (line.charCodeAt(line.length - 1) !== 125) return false;
    const brace = line.indexOf('{');
    if (brace < 12 || brace > 500) return false;
    const before = line.slice(0, brace);
    const iso = isoAt(before, 0);
    let time = iso;
    let zoned = cursor.zoned;
    let at = cursor.end;
    if (Number.isNaN(iso)) {
      const end = before.search(/[\t ,]/);
      if (end === -1 || !EPOCH.test(before.slice(0, end))) return false;
      time = Math.round(Number(before.slice(0, end)) * 1e6);
      zoned = true;
      at = end;
    } else if (!zoned && before.charCodeAt(at) === 32) {
      const zone = zoneAt(before, at);
      if (!Number.isNaN(zone)) {
        time = iso - zone * MINUTE_US;
        zoned = true;
        at = cursor.end;
      }
    }
    const divider = before.charCodeAt(at);
    if (before.endsWith(': ') && divider === 32) {
      return fromRecord(line.slice(brace), before.slice(at + 1, -2), time, zoned);
    }
    if (divider !== 9 && divider !== 32 && divider !== 44) return false;
    if (before.charCodeAt(before.length - 1) !== divider) return false;
    const tag = before.slice(at + 1, -1);
    return fromRecord(line.slice(brace), tag === '' ? '-' : tag, time, zoned);
  },
  samples: [
    {
      path: 'fluentd/buffer.log',
      text: '2026-11-20T17:17:54+00:00\tkubernetes.var.log.containers.registry-5d4f_prod_registry-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.log\t{"log":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=one\\n","stream":"stderr"}\n2026-11-20T12:17:55-05:00\tapp\t{"message":"team/app: marking blob sha256:aa","host":"n1"}',
      gives: [
        {
          system: 'registry',
          message: 'one',
          fields: {
            'carrier.pod': 'registry-5d4f',
            'carrier.namespace': 'prod',
            'carrier.container': 'registry',
            'carrier.stream': 'stderr',
          },
        },
        {
          component: 'gc',
          time: '2026-11-20T17:17:55.000000Z',
          fields: { 'carrier.tag': 'app', 'carrier.host': 'n1' },
        },
      ],
    },
    {
      path: 'fluentd.log',
      text: '2026-11-20 17:17:54.000000000 +0000 celery.worker: {"message":"[2026-11-20 17:17:54,582: INFO/MainProcess] hi","path":"/var/log/celery/w1.log"}\n2026-11-20 18:17:55 +0100 celery.worker: {"message":"[2026-11-20 17:17:55,582: INFO/MainProcess] ho"}',
      gives: [
        {
          system: 'celery',
          message: 'hi',
          fields: { 'carrier.tag': 'celery.worker', 'carrier.file': '/var/log/celery/w1.log' },
        },
        { message: 'ho' },
      ],
    },
  ],
};

/** Fluent Bit prints records as `"key"=>"value"`; that becomes JSON. '' when it is something else. */
export function rubyToJson(text: string): string {
  let out = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) {
      i++;
      while (i < text.length && text.charCodeAt(i) !== 34) i += text.charCodeAt(i) === 92 ? 2 : 1;
      if (i >= text.length) return '';
    } else if (c === 61 && text.charCodeAt(i + 1) === 62) {
      out += `${text.slice(from, i)}:`;
      from = i + 2;
      i++;
    } else if (c === 110 && text.startsWith('nil', i)) {
      out += `${text.slice(from, i)}null`;
      from = i + 3;
      i += 2;
    }
  }
  out += text.slice(from);
  // Control characters and `\xNN` are no JSON.
  return out
    .replace(/\\x([0-9a-fA-F]{2})/g, '\\u00$1')
    .replace(/\t/g, '\\t')
    .replace(/[\x00-\x1f]/g, ' ');
}

const LINE =
  /^(?:\[\d{1,9}\] )?([\w.*@/:-]{1,400}): \[(?:\[(\d{9,10}(?:\.\d{1,9})?), \{.{0,200}?\}\]|(\d{9,10}(?:\.\d{1,9})?)), (?=\{)/;

/** Fluent Bit's stdout (`[0] tag: [time, {…}]`, `[[time, {}], {…}]` since 2.1) and file output (`tag: [time, {…}]`). */
export const fluentBit: Carrier = {
  id: 'fluent-bit',
  share: 0.1,
  open(line) {
    if (line.charCodeAt(line.length - 1) !== 93 || line.indexOf(': [') === -1) return false;
    const m = LINE.exec(line.length > 1000 ? line.slice(0, 1000) : line);
    if (!m) return false;
    const record = line.slice(m[0].length, -1);
    const json = objectOn(record) ? record : rubyToJson(record);
    const time = Math.round(Number(m[2] ?? m[3]) * 1e6);
    return json !== '' && fromRecord(json, m[1] as string, time, true);
  },
  samples: [
    {
      path: 'fluent-bit.log',
      text: '[0] kube.ray: [1795195074.123456789, {"log"=>"[2026-11-20 17:17:54,100 I 28956 28957] (raylet) main.cc:703: a \\"b\\"", "stream"=>"stdout", "n"=>nil}]\n[1] kube.ray: [[1795195075.123456789, {}], {"log"=>"[2026-11-20 17:17:55,100 I 28956 28957] (raylet) main.cc:703: c"}]\nkube.ray: [1795195076.5, {"log":"[2026-11-20 17:17:56,100 I 28956 28957] (raylet) main.cc:703: d"}]',
      gives: [
        {
          system: 'ray',
          message: 'a "b"',
          fields: { 'carrier.tag': 'kube.ray', 'carrier.stream': 'stdout' },
        },
        { message: 'c' },
        { message: 'd' },
      ],
    },
  ],
};

/** Fluent Bit's JSON lines with the line under `message`: `{"date":1795195074.582,"message":"…"}`. */
export const fluentBitJson: Carrier = {
  id: 'fluent-bit-json',
  share: 0.1,
  starts: '{',
  soft: true,
  open(line) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"date"') === -1) return false;
    const object = objectOn(line);
    if (!object || object.date === undefined || textOf(object.log) !== '') return false;
    return takeRecord(object) && !Number.isNaN(outer.time);
  },
  samples: [
    {
      path: 'fluent-bit.jsonl',
      text: '{"date":1795195074.582,"message":"I1120 17:17:54.159279 11884 slave.cpp:2709] hi","filename":"/var/log/mesos/mesos-agent.INFO"}\n{"date":"2026-11-20T17:17:55.582000Z","message":"I1120 17:17:55.159279 11884 slave.cpp:2709] ho"}',
      gives: [
        {
          system: 'mesos',
          component: 'agent',
          time: '2026-11-20T17:17:54.159279Z',
          fields: { 'carrier.file': '/var/log/mesos/mesos-agent.INFO' },
        },
        { message: 'ho', time: '2026-11-20T17:17:55.159279Z' },
      ],
    },
  ],
};
