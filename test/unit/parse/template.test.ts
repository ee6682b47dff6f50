// Templates: words stay, values go; the id and the text say the same; order plays no part.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Templates,
  templateId,
  templateText as textOfBytes,
} from '../../../electron/engine/parse/template.ts';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const templateText = (text: string) => textOfBytes(bytesOf(text));
const idOf = (templates: Templates, text: string, system: string, component: string) => {
  const bytes = Buffer.concat([Buffer.from('12'), bytesOf(text), Buffer.from(' 34')]); // not alone in its buffer
  return templates.id(bytes, 2, bytes.length - 3, system, component);
};

test.each([
  ['Task app.add[4c2f-11] succeeded in 0.013s: 3', 'Task app.add[<*>] succeeded in <*>'],
  [
    'error authenticating user "admin": authentication failure',
    'error authenticating user "<*>": authentication failure',
  ],
  ["Can't decode message body: DecodeError('x')", "Can't decode message body: DecodeError('<*>')"],
  ['Killing 3 worker(s), kill details: 1, 2, 3', 'Killing <*> worker(s), kill details: <*>'],
  ['Killing 3 worker(s), kill details: 1, 2', 'Killing <*> worker(s), kill details: <*>'],
  ['HTTP GET for /state from 10.0.0.3:5050', 'HTTP GET for <*> from <*>'],
  ['node_id=abc need_reschedule = true', 'node_id=<*> need_reschedule = true'],
  ['\n\nfirst words\nsecond line 5', 'first words'],
  ['first\tword', 'first word'],
  ['', ''],
])('%j has the template %j', (message, template) => {
  expect(templateText(message)).toBe(template);
});

test('a quoted value of any length leaves what comes behind it in the template', () => {
  const long = (n: number) => `10.0.0.1 "GET /v2/?_state=${'A'.repeat(n)}" 200 bytes sent`;
  expect(templateText(long(2000))).toBe(templateText(long(3)));
  expect(templateText(long(3))).toBe('<*> "<*>" <*> bytes sent');
});

const words = fc.constantFrom(
  'Task',
  'a',
  '12',
  '/p',
  '"q"',
  "'s t'",
  'k=v',
  '[',
  ']',
  'ö',
  '@x',
  '7,',
  '8',
  '(x)',
  '\n',
  '\t',
  ':',
  '',
  'don\u0027t',
);
const message = fc.oneof(
  fc.array(words, { maxLength: 12 }).map((w) => w.join(' ')),
  fc.string({ maxLength: 40 }),
);
const latin = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

test('two messages have the same id exactly when they have the same template text', () => {
  const templates = new Templates();
  fc.assert(
    fc.property(message, message, (a, b) => {
      const [x, y] = [latin(a), latin(b)];
      const same = idOf(templates, x, 's', 'c') === idOf(templates, y, 's', 'c');
      expect(same).toBe(templateText(x) === templateText(y));
    }),
    { numRuns: 3000 },
  );
});

test('the id is that of the text, for one system and component', () => {
  const templates = new Templates();
  fc.assert(
    fc.property(
      message.filter((m) => !m.includes('<') && !m.includes('>')),
      (m) => {
        const text = latin(m);
        const id = idOf(templates, text, 'ray', 'raylet');
        expect(id).toBe(templateId('ray', 'raylet', templateText(text)));
        expect(idOf(templates, text, 'ray', 'gcs_server')).not.toBe(id);
        expect(Number.isSafeInteger(id)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

test('a template is announced once for each batch, and those past the bound of a member share one', () => {
  const templates = new Templates();
  const seen: string[] = [];
  templates.onNew = (_id, _system, _component, text) => seen.push(text);
  const word = (n: number) =>
    `word${'abcdefghij'[n % 10]} ${[...String(n)].map((d) => 'abcdefghij'[Number(d)]).join('')}`;
  templates.beginMember();
  for (let i = 0; i < 6000; i++) idOf(templates, word(i), 's', 'c');
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength(5001);
  expect(seen.at(-1)).toBe(latin('…'));
  idOf(templates, word(1), 's', 'c');
  expect(seen).toHaveLength(5001);
  templates.beginBatch();
  templates.beginMember();
  idOf(templates, word(1), 's', 'c');
  expect(seen).toHaveLength(5002);
});

test('a text cut inside a character is announced as valid UTF-8', () => {
  const templates = new Templates();
  const seen: string[] = [];
  templates.onNew = (_id, _system, _component, text) => seen.push(text);
  for (let pad = 296; pad < 303; pad++)
    idOf(templates, latin(`${'a '.repeat(pad).slice(0, pad)}éé`), 's', 'c');
  for (const text of seen) {
    const bytes = Buffer.from(text, 'latin1');
    expect(Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes)).toBe(true);
  }
});
