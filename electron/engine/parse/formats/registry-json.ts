// Registry application log, logrus json formatter (`time`, `msg`) and logstash formatter (`@timestamp`, `message`).
import type { LineKind } from '../kind.ts';
import { TS_KIND } from '../record.ts';
import { dropDoubles, openObject, parseObject, textOf } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { logrusLevel, takeParts } from './registry-text.ts';

export const registryJson: LineKind = {
  id: 'registry.json',
  native: true,
  weight: (line) => (/"go\.version"|"http\.request|"instance\.id"|"@version"/.test(line) ? 1 : 0.5),
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"level":') === -1) return false;
    const object = parseObject(line);
    if (!object) return false;
    const logstash = object['@timestamp'] !== undefined;
    const message = logstash ? object.message : object.msg;
    if (typeof message !== 'string') return false;
    const level = logrusLevel(textOf(object.level));
    const ts = isoAt(textOf(logstash ? object['@timestamp'] : object.time), 0);
    if (level === -1 || Number.isNaN(ts)) return false;
    draft.tsWall = ts;
    draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
    draft.level = level;
    draft.fields = openObject(line, object);
    draft.parsed = true;
    const base = draft.fields.length;
    takeParts(draft, textOf(message), (key) => textOf(object[key]), member);
    dropDoubles(draft, base, object);
    return true;
  },
  joins: () => false,
  samples: [
    {
      text: '{"go.version":"go1.19.8","http.request.id":"r1","http.request.method":"GET","http.request.remoteaddr":"203.0.113.77:1","http.request.uri":"/v2/team/app/manifests/latest?a=1\\u0026b=2","http.request.useragent":"curl/7","http.response.duration":"4ms","http.response.status":200,"http.response.written":7,"level":"info","msg":"response completed","time":"2026-11-20T17:19:16.318466412Z"}',
      gives: [
        {
          time: '2026-11-20T17:19:16.318466Z',
          level: 'info',
          category: 'api',
          outcome: 'success',
          httpPath: '/v2/team/app/manifests/latest',
          httpStatus: 200,
          srcIp: '203.0.113.77',
          fields: {
            'http.request.uri': '/v2/team/app/manifests/latest?a=1&b=2',
            reference: 'latest',
            repository: 'team/app',
          },
          entities: ['image_tag:team/app:latest:target'],
        },
      ],
    },
    {
      text: '{"@timestamp":"2026-11-20T17:19:16Z","@version":"1","level":"fatal","message":"listen tcp :5000: bind: address already in use"}',
      gives: [
        { level: 'critical', message: 'listen tcp :5000: bind: address already in use', system: 'registry' },
      ],
    },
  ],
};
