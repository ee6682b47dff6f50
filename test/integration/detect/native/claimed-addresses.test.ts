import { describe, expect, it } from 'vitest';
import { findIn, id, registry, series } from './of-logs.ts';

const CHECKS = ['claimed-address-impossible', 'claimed-address-contradicted', 'claimed-addresses-rotate'];
const DOCKER = 'docker/24.0 go/go1.20';

interface Asked {
  socket: string;
  /** What a header claims; absent: the registry logs the socket. */
  claimed?: string;
  agent?: string;
  /** A name that was tried and refused. */
  user?: string;
}

/** The registry's two logs of requests, one a second. */
function logs(node: string, asked: Asked[]): Record<string, string[]> {
  const app: string[] = [];
  const access: string[] = [];
  for (const [i, { socket, claimed, agent = DOCKER }] of asked.entries()) {
    const remote = claimed ?? `${socket}:${40_000 + i}`;
    const path = `/v2/team/app/manifests/v${i}`;
    app.push(
      registry(
        i * 2 + 0.2,
        'response completed',
        ` http.request.host="reg:5000" http.request.id=${id(i)} http.request.method=GET http.request.remoteaddr="${remote}" http.request.uri="${path}" http.request.useragent="${agent}" http.response.status=200 http.response.written=1200`,
      ),
    );
    const at = new Date(Date.UTC(2026, 10, 20, 12) + i * 2000).toISOString().slice(11, 19);
    access.push(`${socket} - - [20/Nov/2026:${at} +0000] "GET ${path} HTTP/1.1" 200 1200 "" "${agent}"`);
  }
  return { [`${node}/registry/registry.log`]: app, [`${node}/registry/access.log`]: access };
}

describe('client addresses that requests claim', () => {
  it('are findings where they are impossible or contradicted, and not behind a proxy', {
    timeout: 120_000,
  }, async () => {
    const found = await findIn(
      {
        ...logs(
          'plain',
          series(40, (i) => ({ socket: `10.0.0.${(i % 5) + 1}` })),
        ),
        ...logs(
          'proxied',
          series(60, (i) => ({ socket: '10.0.0.9', claimed: `10.1.0.${(i % 12) + 1}` })),
        ),
        ...logs('proxied-with-checks', [
          ...series(40, (i): Asked => ({ socket: '10.0.0.9', claimed: `10.1.0.${(i % 4) + 1}` })),
          ...series(5, (): Asked => ({ socket: '10.0.0.9', agent: 'kube-probe/1.29' })),
        ]),
        ...logs('hiding', [
          ...series(20, (): Asked => ({ socket: '10.0.0.7', agent: 'curl/8.0' })),
          ...series(
            3,
            (i): Asked => ({ socket: '10.0.0.7', agent: 'curl/8.0', claimed: `203.0.113.${i + 1}` }),
          ),
        ]),
        ...logs('impossible', [
          ...series(20, (): Asked => ({ socket: '10.0.0.7' })),
          { socket: '203.0.113.5', claimed: '10.0.0.1', agent: 'curl/8.1' },
          { socket: '10.0.0.8', claimed: '127.0.0.1', agent: 'curl/8.2' },
          { socket: '10.0.0.8', claimed: '300.1.1.1', agent: 'curl/8.3' },
          { socket: '10.0.0.8', claimed: 'evil', agent: 'curl/8.4' },
        ]),
        ...logs('turning', [
          ...series(20, (): Asked => ({ socket: '10.0.0.7' })),
          ...series(
            15,
            (i): Asked => ({ socket: '203.0.113.9', claimed: `198.51.100.${i + 1}`, agent: 'curl/8.5' }),
          ),
        ]),
      },
      CHECKS,
    );
    const of = (node: string) => found.filter((f) => f.node === node);
    expect(of('plain')).toEqual([]);
    expect(of('proxied')).toEqual([]);
    expect(of('proxied-with-checks')).toEqual([]);
    expect(of('hiding').map((f) => [f.check, f.level, f.group_values.claimed, f.group_values.own])).toEqual([
      ['claimed-address-contradicted', 'medium', '203.0.113.1, 203.0.113.2, 203.0.113.3', '20'],
    ]);
    expect(
      of('impossible')
        .map((f) => [f.check, f.group_values.claimed, f.group_values.why])
        .sort(),
    ).toEqual([
      ['claimed-address-impossible', '10.0.0.1', 'a private address is claimed from outside'],
      ['claimed-address-impossible', '127.0.0.1', 'no client on a network has it'],
      ['claimed-address-impossible', '300.1.1.1', 'it is no address'],
      ['claimed-address-impossible', 'evil', 'it is no address'],
    ]);
    expect(of('turning').map((f) => [f.check, f.group_values.addresses, f.group_values.socket])).toEqual([
      ['claimed-addresses-rotate', '15', '203.0.113.9'],
    ]);
    for (const finding of found) expect(finding.explanation).toContain(finding.node!);
  });

  it('thresholds are those of the case', { timeout: 120_000 }, async () => {
    const files = logs('turning', [
      ...series(20, (): Asked => ({ socket: '10.0.0.7' })),
      ...series(
        5,
        (i): Asked => ({ socket: '203.0.113.9', claimed: `198.51.100.${i + 1}`, agent: 'curl/8.5' }),
      ),
    ]);
    expect(await findIn(files, ['claimed-addresses-rotate'])).toEqual([]);
    const found = await findIn(files, ['claimed-addresses-rotate'], {
      'claimed-addresses-rotate': { addresses: 5 },
    });
    expect(found.map((f) => f.group_values.addresses)).toEqual(['5']);
  });
});
