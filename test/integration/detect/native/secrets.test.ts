import { describe, expect, it } from 'vitest';
import { luhn, personalIn } from '../../../../electron/engine/detect/native/personal-data.ts';
import { celery, findIn, id, series } from './of-logs.ts';

const ordinary = series(60, (i) => celery(i, `Task app.tasks.add[${id(i)}] received`));
const worker = (lines: string[]) => [...ordinary, ...lines.map((line, i) => celery(60 + i, line))];
const CHECKS = ['secret-in-log', 'password-in-log', 'personal-data'];

describe('secrets in logs', () => {
  const secrets = {
    'Private key': `-----BEGIN EC PRIVATE KEY-----${'MHcCAQEE'.repeat(6)}-----END EC PRIVATE KEY-----`,
    'AWS access key id': 'AKIAIOSFODNN7EXAMPLE',
    'GitHub token': `ghp_${'aB3'.repeat(12)}`,
    'GitLab token': 'glpat-abcdefghij0123456789',
    'Slack token or webhook': 'xoxb-1234567890-abcdefghij',
    'Google API key': `AIza${'Sy0_-'.repeat(7)}`,
    'Stripe key': 'sk_live_abcdefghij0123456789',
    'npm token': `npm_${'aB3'.repeat(12)}`,
    'Docker Hub token': 'dckr_pat_abcdefghij0123456789',
    'Hugging Face token': `hf_${'aB'.repeat(17)}`,
    'Password in a URL': 'amqp://app:pAssw0rdX@broker.example:5672//',
  };

  it('are findings by kind, with the value masked, and nothing else is one', {
    timeout: 120_000,
  }, async () => {
    const lines = Object.values(secrets).map((value) => `fetched with ${value} just now`);
    const found = await findIn(
      {
        'leaky/celery/worker.log': worker(lines),
        'weak/celery/worker.log': worker(['login with password=Hunter2-hunter2 failed']),
        'clean/celery/worker.log': worker([
          'login with password=******** failed',
          'password=None, secret required',
          'Connected to redis://:**@10.20.0.41:6379/0',
          'a key press, a token ring, AKIA, ghp_, hf_transfer',
        ]),
      },
      CHECKS,
    );
    const leaky = found.filter((f) => f.node === 'leaky');
    expect(leaky.map((f) => f.group_values.kind).sort()).toEqual(Object.keys(secrets).sort());
    for (const finding of leaky) {
      expect(finding.check).toBe('secret-in-log');
      expect(finding.level).toBe('medium');
      expect(finding.messages).toHaveLength(1);
      const value = secrets[finding.group_values.kind as keyof typeof secrets];
      expect(finding.messages[0]).toContain(value);
      expect(finding.explanation).toMatch(
        /^worker on leaky wrote in clear: .*\(\d+ characters\), first in worker\.log, line \d+\./,
      );
      const secret = /pAssw0rdX|MHcC\w{20}/.exec(value)?.[0] ?? value;
      expect(JSON.stringify([finding.explanation, finding.group_values])).not.toContain(secret);
    }
    expect(
      found.filter((f) => f.node === 'weak').map((f) => [f.check, f.level, f.group_values.kind]),
    ).toEqual([['password-in-log', 'low', 'Password, key or token']]);
    expect(found.filter((f) => f.node === 'clean')).toEqual([]);
  });
});

describe('personal data in logs', () => {
  it('card numbers by their check digit, addresses of people and not of programs', {
    timeout: 120_000,
  }, async () => {
    const found = await findIn(
      {
        'shop/celery/worker.log': worker([
          'charged 4111 1111 1111 1111 for order 7',
          'mail sent to jane.doe@example.com',
          'mail sent to John@example.org',
        ]),
        'plain/celery/worker.log': worker([
          'charged 4111 1111 1111 1112 for order 7',
          'sync with celery@worker-2.example.com, worker1@host.example.com and git@github.com',
          'offset 4111111111111111111111 of 5500000000000004x',
          'id 4012-8888-8888-1881-77 or a-4012888888881881',
        ]),
      },
      CHECKS,
    );
    expect(
      found.map((f) => [f.node, f.check, f.level, f.group_values.kind, f.messages.length]).sort(),
    ).toEqual([
      ['shop', 'personal-data', 'informational', 'card number', 1],
      ['shop', 'personal-data', 'informational', 'e-mail address', 2],
    ]);
    const told = JSON.stringify(found.map((f) => [f.explanation, f.group_values]));
    expect(told).not.toMatch(/4111|jane|John/);
    expect(told).toContain('j…@example.com');
  });

  it('knows the check digit', () => {
    for (const right of ['4111111111111111', '5500000000000004', '340000000000009', '6011000000000004'])
      expect(luhn(right), right).toBe(true);
    for (const wrong of ['4111111111111112', '5500000000000014']) expect(luhn(wrong), wrong).toBe(false);
    expect(personalIn('5500-0000-0000-0004 and a@b.co').map((p) => p.kind)).toEqual([
      'card number',
      'e-mail address',
    ]);
    expect(personalIn('5500 0000-0000 0004')).toEqual([]);
    expect(personalIn('slave(1)@10.0.0.1:5051 amqp://u:p@mq.example.com')).toEqual([]);
  });
});
