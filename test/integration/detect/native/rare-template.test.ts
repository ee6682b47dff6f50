import { describe, expect, it } from 'vitest';
import { celery, findIn, id, series } from './of-logs.ts';

const CHECKS = ['rare-error', 'rare-line'];
const work = (at: number, n: number) => celery(at, `Task app.work[${id(n)}] received`);
const busy = (n = 2500) => series(n, (i) => work(i * 2, i));
/** The lines with others put in at their time. */
const into = (lines: string[], ...more: [number, string][]) => {
  const out = [...lines];
  for (const [at, line] of more) out.splice(Math.floor(at / 2), 0, line);
  return out;
};
const odd = (at: number, text: string, level = 'INFO'): [number, string] => [
  at,
  celery(at, text, 'MainProcess', level),
];

describe('rare kinds of lines', () => {
  it('a kind seen once or twice in a busy component is found, warnings and errors above the rest', async () => {
    const found = await findIn(
      {
        'n/worker.log': into(
          busy(),
          odd(4000, 'Refusing to unpack the frobnicator of node seven', 'ERROR'),
          odd(3000, 'The operator opened a console by hand'),
        ),
      },
      CHECKS,
    );
    expect(found.map((f) => [f.check, f.level, f.group_values.times, f.messages]).sort()).toEqual([
      ['rare-error', 'low', '1', ['Refusing to unpack the frobnicator of node seven']],
      ['rare-line', 'informational', '1', ['The operator opened a console by hand']],
    ]);
  });

  it('free text, quiet components, starts and the ends of a file are none', async () => {
    const words = [
      'ant',
      'bee',
      'cat',
      'dog',
      'elk',
      'fox',
      'gnu',
      'hen',
      'ibis',
      'jay',
      'kite',
      'lynx',
      'mole',
      'newt',
      'owl',
    ];
    expect(
      await findIn(
        {
          'text/worker.log': into(
            busy(),
            ...words.map((w, i) => odd(4000 - i * 100, `${w} says ${w}ing to ${w}s`, 'ERROR')),
          ),
          'quiet/beat.log': into(
            busy(300).map((l) => l.replace('received', 'sent')),
            odd(300, 'Something unheard of happened', 'ERROR'),
          ),
          'edge/worker.log': into(busy(), odd(4990, 'Something unheard of happened at last', 'ERROR')),
        },
        CHECKS,
      ),
    ).toEqual([]);
  });
});
