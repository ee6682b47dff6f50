// Inferred links beyond the four life cycles: proxies, answers of Mesos, children that die without a word; and their limits.
import { expect, test } from 'vitest';
import { LogsCase } from './logs-of.ts';

const using = async <T>(
  logs: Record<string, string[]>,
  work: (given: LogsCase) => Promise<T>,
): Promise<T> => {
  const given = await LogsCase.of(logs);
  try {
    return await work(given);
  } finally {
    await given.close();
  }
};

const clock = (second: number) => new Date(Date.UTC(2026, 10, 20, 12) + second * 1000).toISOString();

test('nginx and the registry behind it are joined by the client that the registry takes from the header', async () => {
  await using(
    {
      'proxy/nginx/access.log': [
        '203.0.113.77 - - [20/Nov/2026:12:00:05 +0000] "GET /v2/team/app/tags/list HTTP/1.1" 200 20 "-" "docker/24"',
        '203.0.113.78 - - [20/Nov/2026:12:00:05 +0000] "GET /v2/team/app/tags/list HTTP/1.1" 200 20 "-" "docker/24"',
      ],
      'reg-1/registry/registry.log': [
        `time="${clock(5.2)}" level=info msg="response completed" go.version=go1.19.8 http.request.host="reg" http.request.id=r1 http.request.method=GET http.request.remoteaddr="203.0.113.77" http.request.uri="/v2/team/app/tags/list" http.request.useragent="docker/24" http.response.duration=2ms http.response.status=200 http.response.written=20`,
      ],
    },
    async (given) => {
      const links = await given.rows(
        `SELECT f.src_ip AS "from", t.src_ip AS "to", basis FROM links l JOIN events f ON f.event_id = l.from_event JOIN events t ON t.event_id = l.to_event WHERE kind = 'proxy_line'`,
      );
      expect(links).toEqual([{ from: '203.0.113.77', to: '203.0.113.77', basis: 'inferred' }]);
    },
  );
});

test('an answer of Mesos belongs to the request before it of the same peer; one connection stays linear', async () => {
  const line = (i: number, text: string) =>
    `I1120 12:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}.000000 7 http.cpp:1177] HTTP GET for /master/state from 10.0.0.9:4000${text}`;
  const logs = Array.from({ length: 600 }, (_, i) => [
    line(i, " with User-Agent='x'"),
    line(i, ": '200 OK' after 12.3ms"),
  ]).flat();
  await using({ 'mm/log/mesos-master.mm.root.log.INFO.20261120-120000.1': logs }, async (given) => {
    const [links] = await given.rows(
      `SELECT count(*)::INTEGER AS n, count(DISTINCT from_event)::INTEGER AS asked, bool_and(NOT contains(why, 'equally')) AS sure FROM links WHERE kind = 'request_answer'`,
    );
    expect(links).toEqual({ n: 600, asked: 600, sure: true });
    const [rows] = await given.rows(
      `SELECT count(*)::INTEGER AS n, min(status) AS status, min(duration_s) AS took, min(user_agent) AS agent FROM requests`,
    );
    expect(rows).toMatchObject({ n: 600, status: 200, took: 0.0123 });
  });
});

const received = (second: number, id: string) =>
  `[${clock(second).replace('T', ' ').replace('.', ',').slice(0, 23)}: INFO/MainProcess] Task a.b[${id}] received`;
const exited = (second: number) =>
  `[${clock(second).replace('T', ' ').replace('.', ',').slice(0, 23)}: ERROR/MainProcess] Process 'ForkPoolWorker-1' pid:77 exited with 'signal 9 (SIGKILL)'`;

test('a child that died without a word is joined to each task without an end, and each link says how many there are', async () => {
  await using(
    { 'cel-1/celery/worker.log': [received(0, 't1'), received(1, 't2'), exited(5)] },
    async (given) => {
      const links = await given.rows(`SELECT why FROM links WHERE kind = 'worker_exit'`);
      expect(links).toHaveLength(2);
      expect(links.every((l) => /2 fit equally well/.test(String(l.why)))).toBe(true);
    },
  );
});

test('where every task lacks an end, a dying child is joined to none', async () => {
  const many = Array.from({ length: 40 }, (_, i) => received(i, `t${i}`));
  await using({ 'cel-1/celery/worker.log': [...many, exited(50)] }, async (given) => {
    expect(await given.rows(`SELECT 1 FROM links WHERE kind = 'worker_exit'`)).toEqual([]);
  });
});

test('one name sent and received all day gives each send one receipt', async () => {
  const day = Array.from({ length: 300 }, (_, i) => i * 10);
  await using(
    {
      'cel-1/celery/worker.log': day.map((s) => received(s + 0.3, `id-${s}`)),
      'cel-9/celery/beat.log': day.map(
        (s) =>
          `[${clock(s).replace('T', ' ').replace('.', ',').slice(0, 23)}: INFO/MainProcess] Scheduler: Sending due task each (a.b)`,
      ),
    },
    async (given) => {
      const [links] = await given.rows(
        `SELECT count(*)::INTEGER AS n, count(DISTINCT from_event)::INTEGER AS sends, count(DISTINCT to_event)::INTEGER AS receipts FROM links WHERE kind = 'beat_send'`,
      );
      expect(links).toEqual({ n: 300, sends: 300, receipts: 300 });
    },
  );
});
