// What a worker or beat prints when it starts: one record, dated by the local time it states (none before 4.0).
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { put, putIf, putJson } from '../text.ts';
import { dateTimeAt } from '../time.ts';
import { putBroker } from './celery-message.ts';
import { place } from './celery-process.ts';

const BANNER = /^ ?-------------- (\S{1,200}@\S{1,200}) v(\d\S{0,40})(?: \([^)]{0,80}\))?$/;
const BEAT_BANNER = /^celery ?beat v(\d\S{0,40})(?: \([^)]{0,80}\))? is starting\.$/;
const LOCAL_TIME = /(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*$/m;
/** The art beside the text, `[config]` and `[tasks]`, list items, and lines that only indent. */
const WORKER_LINE = /^(?:\s|-|\[(?:config|queues|tasks)\]|\.> )/;
const BEAT_LINE = /^(?:\s|__|LocalTime ->|Configuration ->)/;

export const celeryBanner: LineKind = {
  id: 'celery.banner',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if ((c !== 32 && c !== 45 && c !== 99) || line.length > 600) return false;
    const banner = c === 99 ? null : BANNER.exec(line);
    const beat = banner || c !== 99 ? null : BEAT_BANNER.exec(line);
    if (!banner && !beat) return false;
    draft.parsed = true;
    draft.level = 2;
    draft.message = line;
    member.state.celery = banner ? 'worker' : 'beat';
    place(draft, member);
    means(draft, 'process', 'start', 'unknown');
    put(draft, 'worker_state', 'starting');
    if (banner) {
      const node = banner[1] as string;
      const host = node.slice(node.indexOf('@') + 1);
      put(draft, 'node_name', node);
      put(draft, 'version', banner[2] as string);
      member.fact('host', host);
      member.fact('role', 'worker');
      draft.entity('host', host, 'origin');
    } else {
      put(draft, 'version', (beat as RegExpExecArray)[1] as string);
      member.fact('role', 'beat');
    }
    member.fact('version', `celery ${banner ? banner[2] : (beat as RegExpExecArray)[1]}`);
    return true;
  },
  joins: (line, draft) => (draft.component === 'beat' ? BEAT_LINE : WORKER_LINE).test(line),
  finish(draft) {
    const text = draft.message;
    const local = LOCAL_TIME.exec(text);
    const ts = local ? dateTimeAt(local[1] as string, 0) : Number.NaN;
    if (local && !Number.isNaN(ts)) {
      draft.tsWall = ts;
      draft.tsKind = TS_KIND.wall;
      put(draft, 'started_local', local[1] as string);
    }
    if (draft.component === 'beat') beatFields(text, draft);
    else workerFields(text, draft);
  },
  samples: [
    {
      path: 'celery/alpha.log',
      text: ' -------------- alpha@cel-node-01 v5.2.6 (dawn-chorus)\n--- ***** ----- \n-- ******* ---- Linux-6.18.44-x86_64-with-glibc2.36 2026-11-20 17:17:54\n- *** --- * --- \n- ** ---------- [config]\n- ** ---------- .> app:         proj:0x7f08f12b4890\n- ** ---------- .> transport:   redis://:**@10.0.0.9:16379/0\n- ** ---------- .> results:     redis://:**@10.0.0.9:16379/1\n- *** --- * --- .> concurrency: 3 (prefork)\n-- ******* ---- .> task events: ON\n--- ***** ----- \n -------------- [queues]\n                .> celery           exchange=celery(direct) key=celery\n                .> slow             exchange=slow(topic) key=slow.#\n                \n\n[tasks]\n  . proj.add\n  . proj.send mail\n\nworker: Warm shutdown (MainProcess)',
      gives: [
        {
          time: '2026-11-20T17:17:54.000000Z',
          action: 'start',
          lines: 20,
          fields: {
            node_name: 'alpha@cel-node-01',
            version: '5.2.6',
            app: 'proj:0x7f08f12b4890',
            transport: 'redis://:**@10.0.0.9:16379/0',
            results: 'redis://:**@10.0.0.9:16379/1',
            tasks: ['proj.add', 'proj.send mail'],
            queues: ['celery', 'slow'],
            concurrency: '3 (prefork)',
            pool: 'prefork',
            task_events: 'ON',
            platform: 'Linux-6.18.44-x86_64-with-glibc2.36',
            started_local: '2026-11-20 17:17:54',
          },
          entities: ['host:cel-node-01:origin', 'ip:10.0.0.9:broker'],
        },
        { action: 'stop', fields: { worker_state: 'warm_shutdown' } },
      ],
    },
    {
      path: 'celery/old.log',
      text: ' \n -------------- celery@web-1 v3.1.26.post2 (Cipater)\n---- **** ----- \n--- * ***  * -- Linux-6.18.44-x86_64-with-debian-12.11\n-- * - **** --- \n- ** ---------- [config]\n- ** ---------- .> app:         proj:0x7f62f8915ad0\n- ** ---------- .> transport:   amqp://guest:**@rabbit:5672//\n- ** ---------- .> results:     disabled://\n- *** --- * --- .> concurrency: {min=1, max=6} (prefork)\n-- ******* ---- \n--- ***** ----- [queues]\n -------------- .> celery           exchange=celery(direct) key=celery\n                .> q2               exchange=q2(direct) key=q2\n\n[2026-11-20 17:18:00,310: WARNING/MainProcess] celery@web-1 ready.',
      gives: [
        {
          time: '2026-11-20T17:18:00.310000Z',
          lines: 15,
          fields: {
            node_name: 'celery@web-1',
            version: '3.1.26.post2',
            queues: ['celery', 'q2'],
            platform: 'Linux-6.18.44-x86_64-with-debian-12.11',
            concurrency: '{min=1, max=6} (prefork)',
            broker_user: 'guest',
          },
          entities: ['host:rabbit:broker', 'user:guest:configured'],
        },
        { action: 'start', fields: { worker_state: 'ready' } },
      ],
    },
    {
      path: 'celery/beat.log',
      text: 'celery beat v5.2.6 (dawn-chorus) is starting.\n__    -    ... __   -        _\nLocalTime -> 2026-11-20 17:17:54\nConfiguration ->\n    . broker -> redis://:**@127.0.0.1:16379/0\n    . loader -> celery.loaders.app.AppLoader\n    . scheduler -> celery.beat.PersistentScheduler\n    . db -> /srv/celery/beat-schedule\n    . logfile -> [stderr]@%INFO\n    . maxinterval -> 5.00 minutes (300s)\n[2026-11-20 17:17:54,273: INFO/MainProcess] beat: Starting...',
      gives: [
        {
          component: 'beat',
          time: '2026-11-20T17:17:54.000000Z',
          lines: 10,
          fields: {
            version: '5.2.6',
            transport: 'redis://:**@127.0.0.1:16379/0',
            scheduler: 'celery.beat.PersistentScheduler',
            schedule_db: '/srv/celery/beat-schedule',
            logfile: '[stderr]@%INFO',
            max_interval: '5.00 minutes (300s)',
            started_local: '2026-11-20 17:17:54',
          },
        },
        { component: 'beat', action: 'start' },
      ],
    },
  ],
};

/** What stands after `mark` on its line. */
function after(text: string, mark: string): string {
  const at = text.indexOf(mark);
  if (at === -1) return '';
  const start = at + mark.length;
  const end = text.indexOf('\n', start);
  return text
    .slice(start, end === -1 ? text.length : end)
    .slice(0, 400)
    .trim();
}

const PLATFORM = /^-[-* ]{10,16} (\S.{2,200}?)(?: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d)?\s*$/m;

function workerFields(text: string, draft: Draft): void {
  putIf(draft, 'app', after(text, '.> app:'));
  transport(draft, after(text, '.> transport:'));
  putIf(draft, 'results', after(text, '.> results:'));
  const concurrency = after(text, '.> concurrency:');
  putIf(draft, 'concurrency', concurrency);
  putIf(draft, 'pool', /\(([\w.]{1,60})\)$/.exec(concurrency)?.[1]);
  putIf(draft, 'task_events', after(text, '.> task events:'));
  const config = text.indexOf('[config]');
  const platform = PLATFORM.exec(config === -1 ? text.slice(0, 600) : text.slice(0, config))?.[1];
  if (platform?.includes('.>') === false) putIf(draft, 'platform', platform);
  const tasks = [...text.matchAll(/^ {2}\. (\S.{0,300})$/gm)].slice(0, 2000).map((m) => m[1] as string);
  if (tasks.length > 0) putJson(draft, 'tasks', JSON.stringify(tasks));
  const queues = [...text.matchAll(/^[ -]{2,40}\.> (\S{1,200})\s{1,80}exchange=/gm)]
    .slice(0, 500)
    .map((m) => m[1] as string);
  if (queues.length > 0) putJson(draft, 'queues', JSON.stringify(queues));
}

function beatFields(text: string, draft: Draft): void {
  transport(draft, after(text, '. broker ->'));
  putIf(draft, 'loader', after(text, '. loader ->'));
  putIf(draft, 'scheduler', after(text, '. scheduler ->'));
  putIf(draft, 'schedule_db', after(text, '. db ->'));
  putIf(draft, 'logfile', after(text, '. logfile ->'));
  putIf(draft, 'max_interval', after(text, '. maxinterval ->'));
}

function transport(draft: Draft, url: string): void {
  putIf(draft, 'transport', url);
  putBroker(draft, url);
}
