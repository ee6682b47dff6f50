// GELF 1.0 and 1.1: `{"version":"1.1","host","short_message","full_message","timestamp":epoch,"level":syslog,"_x":…}`.
import { textOf } from '../text.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';
import { firstDeep, objectOn, takeTime } from './json.ts';

export const gelf: Carrier = {
  id: 'gelf',
  share: 0.1,
  starts: '{',
  sure: true,
  open(line) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"short_message"') === -1) return false;
    const object = objectOn(line);
    if (!object || typeof object.short_message !== 'string') return false;
    const full = textOf(object.full_message);
    const short = textOf(object.short_message);
    // The full message holds the short one, or is what follows it (a traceback).
    carry(full === '' ? short : full.startsWith(short.slice(0, 200)) ? full : `${short}\n${full}`);
    takeTime(object.timestamp);
    outer.host = firstDeep(object, 'host', 'source');
    outer.container = textOf(object._container_name).replace(/^\//, '');
    outer.program =
      outer.container || firstDeep(object, 'facility', '_facility', '_program', '_application_name');
    outer.tag = firstDeep(object, '_tag');
    outer.file = firstDeep(object, '_file', '_path', '_filename');
    // Docker's driver writes 3 for what comes from stderr and 6 for stdout: that is a stream, no severity.
    const level = typeof object.level === 'number' ? object.level : Number.NaN;
    if (object._container_id !== undefined)
      outer.stream = level === 3 ? 'stderr' : level === 6 ? 'stdout' : '';
    else if (level >= 0 && level <= 7) outer.priority = level;
    return true;
  },
  samples: [
    {
      path: 'graylog.jsonl',
      text: '{"version":"1.1","host":"n7","short_message":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=one","timestamp":1795195074.582,"level":3,"_container_id":"0a1b","_container_name":"/registry","_tag":"0a1b"}\n{"version":"1.1","host":"n8","short_message":"no space","timestamp":1795195075.5,"level":4,"_facility":"kubelet"}',
      gives: [
        {
          system: 'registry',
          message: 'one',
          level: 'info',
          fields: { 'carrier.host': 'n7', 'carrier.container': 'registry', 'carrier.stream': 'stderr' },
        },
        { component: 'kubelet', level: 'warning', message: 'no space', time: '2026-11-20T17:17:55.500000Z' },
      ],
    },
    {
      // Separated by NUL, as over TCP.
      path: 'graylog.bin',
      text: '{"version":"1.1","host":"n7","short_message":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=one","timestamp":1795195074.582}\0{"version":"1.1","host":"n7","short_message":"time=\\"2026-11-20T17:17:55Z\\" level=info","full_message":"time=\\"2026-11-20T17:17:55Z\\" level=info msg=two","timestamp":1795195075.582}\0',
      gives: [{ system: 'registry', message: 'one', lines: 0 }, { lines: 1 }],
    },
  ],
};
