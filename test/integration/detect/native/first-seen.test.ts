import { describe, expect, it } from 'vitest';
import { findIn, id, registry, series } from './of-logs.ts';

const CHECKS = ['first-seen', 'first-seen-acts'];

interface Request {
  ip?: string;
  agent?: string;
  user?: string;
  method?: string;
  uri?: string;
  status?: number;
}
const request = (
  at: number,
  n: number,
  {
    ip = '10.0.0.1',
    agent = 'docker/24.0.7 go/1.20',
    user = 'ci',
    method = 'GET',
    uri = '/v2/team/app/manifests/1.0',
    status = 200,
  }: Request = {},
) =>
  registry(
    at,
    'response completed',
    ` auth.user.name=${user} http.request.id=${id(n)} http.request.method=${method} http.request.remoteaddr="${ip}:4000" http.request.uri=${uri} http.request.useragent="${agent}" http.response.status=${status}`,
  );
/** Four hours of pulls, a minute apart. */
const usual = (n = 240) =>
  series(n, (i) =>
    request(i * 60, i, { ip: `10.0.0.${(i % 3) + 1}`, agent: `docker/24.0.${i % 9} go/1.20` }),
  );
const late = (...requests: Request[]) =>
  series(requests.length, (i) => request(12_000 + i * 60 + 7, 500 + i, requests[i]));
const sorted = (lines: string[]) => [...lines].sort((a, b) => (a.slice(6, 30) < b.slice(6, 30) ? -1 : 1));
const told = (found: Awaited<ReturnType<typeof findIn>>) =>
  found.map((f) => [f.check, f.level, f.group_values.kind, f.group_values.value, f.event_count]).sort();

describe('values seen for the first time', () => {
  it('a new address, program and user that only read are low; what pushes is medium', async () => {
    const read = await findIn(
      { 'r/registry.log': sorted([...usual(), ...late({ ip: '203.0.113.9' }, { agent: 'curl/8.1' })]) },
      CHECKS,
    );
    expect(told(read)).toEqual([
      ['first-seen', 'low', 'client address', '203.0.113.9', 1],
      ['first-seen', 'low', 'client program', 'curl', 1],
    ]);
    expect(read[0]!.explanation).toBe(
      'The client address 203.0.113.9 occurs in registry on r for the first time at 2026-11-20 15:20:07 UTC. In the 2.0 h before that were learned from, 3 others were seen.',
    );
    const push = { ip: '203.0.113.9', user: 'mallory', method: 'PUT', status: 201 };
    const acts = await findIn(
      {
        'r/registry.log': sorted([
          ...usual(),
          ...late({ ip: '203.0.113.9' }, push, { ...push, uri: '/v2/team/new/manifests/1.0' }),
        ]),
      },
      CHECKS,
    );
    expect(told(acts)).toEqual([
      ['first-seen-acts', 'medium', 'client address', '203.0.113.9', 3],
      ['first-seen-acts', 'medium', 'image', 'team/new', 1],
      ['first-seen-acts', 'medium', 'user', 'mallory', 2],
    ]);
  });

  it('a refused push is no act, and a short case or an open population teaches nothing', async () => {
    const refused = await findIn(
      { 'r/registry.log': sorted([...usual(), ...late({ ip: '203.0.113.9', method: 'PUT', status: 401 })]) },
      CHECKS,
    );
    expect(told(refused).map((t) => t[0])).toEqual(['first-seen']);
    const begun = series(60, (i) => request(12_000 + i * 30, 700 + i, { ip: '10.9.0.1', user: 'other' }));
    expect(await findIn({ 'r/registry.log': usual(), 'later/registry.log': begun }, CHECKS)).toEqual([]);
    const short = usual(100).map((_, i) => request(i * 2, i));
    expect(
      await findIn({ 'r/registry.log': [...short, request(210, 900, { ip: '203.0.113.9' })] }, CHECKS),
    ).toEqual([]);
    const open = series(240, (i) => request(i * 60, i, { ip: `198.51.${Math.floor(i / 200)}.${i % 200}` }));
    expect(await findIn({ 'r/registry.log': open }, CHECKS)).toEqual([]);
  });

  it('takes another learning share', async () => {
    const lines = { 'r/registry.log': sorted([...usual(), request(4200, 900, { ip: '203.0.113.9' })]) };
    expect(await findIn(lines, ['first-seen'])).toEqual([]);
    expect(
      told(await findIn(lines, ['first-seen'], { 'first-seen': { learn: 20, period: 600, learned: 30 } })),
    ).toHaveLength(1);
  });
});
