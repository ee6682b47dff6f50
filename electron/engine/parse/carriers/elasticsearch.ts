// Elasticsearch and OpenSearch: hits (`{"_index","_id","_source":{…}}`), as lines or in a search response, and bulk requests.
import { textOf } from '../text.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';
import { objectOn, rawObject } from './json.ts';

export const elasticsearch: Carrier = {
  id: 'elasticsearch',
  share: 0.1,
  starts: '{',
  sure: true,
  open(line) {
    if (line.charCodeAt(0) !== 123) return false;
    const at = line.indexOf('"_source"');
    if (at === -1 || line.indexOf('"_index"') === -1) return false;
    const object = objectOn(line);
    if (!object || typeof object._index !== 'string') return false;
    const brace = line.indexOf('{', at);
    const source = brace === -1 ? '' : rawObject(line, brace);
    if (source === '') return false;
    carry(source);
    outer.tag = textOf(object._index);
    outer.unordered = true;
    return true;
  },
  samples: [
    {
      path: 'hits.ndjson',
      text: '{"_index":"logs-2026.11.20","_id":"a1","_score":null,"_source":{"@timestamp":"2026-11-20T17:17:54.900Z","log":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=one\\n","stream":"stderr","kubernetes":{"pod_name":"registry-0","namespace_name":"prod","host":"n7"}},"sort":[1]}\n{"_index":"logs-2026.11.20","_id":"a2","_source":{"@timestamp":"2026-11-20T17:17:50.900Z","message":"[2026-11-20 17:17:50,582: INFO/MainProcess] hi","log":{"file":{"path":"/var/log/celery/w.log"}},"host":{"name":"n8"}}}',
      gives: [
        {
          system: 'registry',
          message: 'one',
          fields: { 'carrier.tag': 'logs-2026.11.20', 'carrier.pod': 'registry-0', 'carrier.host': 'n7' },
        },
        {
          system: 'celery',
          message: 'hi',
          fields: { 'carrier.file': '/var/log/celery/w.log', 'carrier.host': 'n8' },
        },
      ],
    },
    {
      path: 'search.json',
      text: '{"took":3,"timed_out":false,"_shards":{"total":1,"failures":[{"shard":0}]},"hits":{"total":{"value":2},"hits":[{"_index":"logs","_id":"a1","_source":{"@timestamp":"2026-11-20T17:17:54.900Z","host":"n7","message":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=one"}},{"_index":"logs","_id":"a2","_source":{"@timestamp":"2026-11-20T17:17:50.900Z","host":"n7","message":"time=\\"2026-11-20T17:17:50Z\\" level=info msg=two"}}]}}\n',
      gives: [
        { system: 'registry', message: 'one', lines: 0 },
        { system: 'registry', message: 'two', lines: 1 },
      ],
    },
  ],
};

const ACTION = /^\{ ?"(?:index|create|update)" ?: ?\{/;

/** Bulk requests: an action line, then the document. Both are one record. */
export const bulk: Carrier = {
  id: 'elasticsearch-bulk',
  share: 0.1,
  starts: '{',
  sure: true,
  open(line, member) {
    if (line.charCodeAt(0) !== 123) return false;
    if (line.length < 1000 && ACTION.test(line)) {
      const object = objectOn(line);
      if (!object || Object.keys(object).length !== 1) return false;
      carry('');
      outer.partial = true;
      outer.unordered = true;
      member.bulk = textOf(Object.values(Object.values(object)[0] ?? {})[0]) || '-';
      return true;
    }
    if (member.bulk === '') return false;
    carry(line);
    outer.tag = member.bulk === '-' ? '' : member.bulk;
    outer.unordered = true;
    member.bulk = '';
    return true;
  },
  samples: [
    {
      path: 'bulk.ndjson',
      text: '{"index":{"_index":"logs"}}\n{"@timestamp":"2026-11-20T17:17:54.900Z","message":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=one","host":"n7"}\n{"create":{"_index":"logs","_id":"2"}}\n{"@timestamp":"2026-11-20T17:17:55.900Z","message":"time=\\"2026-11-20T17:17:55Z\\" level=info msg=two","host":"n7"}',
      gives: [
        {
          system: 'registry',
          message: 'one',
          lines: 2,
          fields: { 'carrier.host': 'n7', 'carrier.tag': 'logs' },
        },
        { message: 'two', lines: 2 },
      ],
    },
  ],
};
