import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, Given, type GivenEvent } from './given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

async function run(events: GivenEvent[], ...texts: string[]) {
  return given.write(async (connection) => {
    await given.clear(connection);
    const ids = await given.events(connection, events);
    const { rules, findings } = await found(connection, await given.rules(...texts));
    const hits = findings.flatMap((f) => f.events.map((e) => ids.indexOf(e))).sort();
    return { hits, rules: Object.fromEntries(rules.map((r) => [r.title, r])) };
  });
}

const RULE = `title: Login failed
id: 00000000-0000-4000-8000-0000000000aa
name: login_failed
logsource: {product: registry, service: app}
detection:
  selection: {message|contains: failed}
  condition: selection
`;
const filter = (title: string, body: string, logsource = '{product: registry}') =>
  `title: ${title}\nlogsource: ${logsource}\nfilter:\n  ${body.split('\n').join('\n  ')}\n`;
const login = (user_name: string, src_ip = '192.0.2.1'): GivenEvent => ({
  at: 0,
  component: 'app',
  message: 'login failed',
  user_name,
  src_ip,
});

describe('filters', () => {
  it('are ANDed with the rules of their log source, each with names of its own', async () => {
    const { hits, rules } = await run(
      [login('bob'), login('adm_eve'), login('ci', '10.0.0.9'), login('mallory')],
      RULE,
      filter(
        'Administrators',
        'rules: any\nselection: {user_name|startswith: adm_}\ncondition: not selection',
      ),
      filter(
        'Build server',
        "rules: [login_failed]\nselection_a: {src_ip|cidr: '10.0.0.0/8'}\nselection_b: {user_name: ci}\ncondition: not (all of selection_*)",
      ),
    );
    expect(hits).toEqual([0, 3]);
    expect(rules['Login failed']).toMatchObject({ error: null, applies: true });
    expect(rules['Login failed']!.note).toBe('Filters in force: Administrators, Build server.');
    expect(rules['Build server']).toMatchObject({ type: 'filter', error: null, applies: false });
    expect(rules['Build server']!.note).toBe('The filter is put beside 1 rule: Login failed.');
  });

  it('leave alone what they do not name, or what is of another log source', async () => {
    const { hits, rules } = await run(
      [login('bob')],
      RULE,
      filter(
        'Other rule',
        'rules: [00000000-0000-4000-8000-0000000000bb]\ns: {user_name: bob}\ncondition: not s',
      ),
      filter(
        'Other service',
        'rules: any\ns: {user_name: bob}\ncondition: not s',
        '{product: registry, service: access}',
      ),
      filter(
        'Other product',
        'rules: [login_failed]\ns: {user_name: bob}\ncondition: not s',
        '{product: ray}',
      ),
      filter('Same product', 'rules: any\ns: {user_name: eve}\ncondition: not s', '{product: distribution}'),
    );
    expect(hits).toEqual([0]);
    expect(rules['Login failed']!.note).toBe('Filter in force: Same product.');
    for (const title of ['Other rule', 'Other service', 'Other product'])
      expect(rules[title]!.note).toContain('fits no loaded rule');
    expect(rules['Other rule']!.note).toContain(
      "no loaded event rule has the id or name '00000000-0000-4000-8000-0000000000bb'",
    );
  });

  it('hold within correlations, and for a rule that is kept between runs', async () => {
    const count = `title: Burst
id: 00000000-0000-4000-8000-0000000000cc
correlation:
  type: event_count
  rules: [login_failed]
  group-by: [user_name]
  timespan: 5m
  condition: {gte: 2}
`;
    const events = [login('bob'), login('bob'), login('adm_eve'), login('adm_eve')];
    const administrators = filter(
      'Administrators',
      'rules: login_failed\ns: {user_name|startswith: adm_}\ncondition: not s',
    );
    expect((await run(events, RULE, count)).hits).toEqual([0, 1, 2, 3]);
    expect((await run(events, RULE, count, administrators)).hits).toEqual([0, 1]);
  });

  it('that are refused say why, and the rules run without them', async () => {
    const { hits, rules } = await run(
      [login('bob')],
      RULE,
      filter('Broken', 'rules: any\ns: {user_name|nope: bob}\ncondition: not s'),
    );
    expect(hits).toEqual([0]);
    expect(rules.Broken!.error).toContain("'nope' is not a Sigma modifier");
    expect(rules['Login failed']!.note).toBeNull();
  });
});

describe('log sources', () => {
  it('of public rules are found on the logs of a registry, and where they are not it says why', async () => {
    const events: GivenEvent[] = [
      {
        at: 0,
        component: 'access',
        http_method: 'GET',
        http_path: '/v2/..%2f..%2fetc/passwd',
        http_status: 404,
        fields: {
          'http.request.uri': '/v2/..%2f..%2fetc/passwd?x=1',
          'http.request.useragent': 'sqlmap/1.7',
        },
        message: '192.0.2.1 - - "GET /v2/..%2f..%2fetc/passwd?x=1 HTTP/1.1" 404 19 "" "sqlmap/1.7"',
      },
      { at: 0, component: 'app', message: 'started' },
    ];
    const rule = (title: string, logsource: string, item: string) =>
      `title: ${title}\nlogsource: ${logsource}\ndetection:\n  s:\n    ${item}\n  condition: s\n`;
    const { hits, rules } = await run(
      events,
      rule('Traversal', '{category: webserver}', "cs-uri-query|contains: '..%2f'"),
      rule('Agent', '{category: proxy}', 'c-useragent|startswith: sqlmap'),
      rule('Not found', '{category: webserver, product: registry}', '{cs-method: GET, sc-status: 404}'),
      rule('Process', '{category: process_creation, product: windows}', "Image|endswith: '\\cmd.exe'"),
      rule('Python', '{category: application, product: python}', 'message: x'),
    );
    expect(hits).toEqual([0, 0, 0]);
    expect(rules.Process).toMatchObject({ applies: false, error: null });
    expect(rules.Process!.note).toBe(
      "the case has no events of the rule's log source (product windows, category process_creation); its systems are registry",
    );
    expect(rules.Python!.note).toContain('product python, category application');
  });
});
