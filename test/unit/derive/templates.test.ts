// Merging of templates: a place where many words stand is a value, whatever order the templates come in.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeTemplates, type Template } from '../../../electron/engine/derive/templates.ts';
import { templateId } from '../../../electron/engine/parse/template.ts';

const template = (text: string, component = 'worker'): Template => ({
  id: templateId('celery', component, text),
  system: 'celery',
  component,
  text,
});
const NAMES = ['anna', 'bert', 'carl', 'dora', 'emil', 'fritz', 'gerd', 'hanna', 'ida'];

test('templates that differ in one word of many values become one', () => {
  const merged = mergeTemplates(NAMES.map((name) => template(`user ${name} logged in from <*>`)));
  expect(new Set(merged.map((t) => t.mergedText))).toEqual(new Set(['user <*> logged in from <*>']));
  expect(new Set(merged.map((t) => t.mergedId)).size).toBe(1);
  expect(merged[0]!.mergedId).toBe(templateId('celery', 'worker', 'user <*> logged in from <*>'));
});

test('a few words at a place stay apart: they are what a responder looks for', () => {
  const merged = mergeTemplates(NAMES.slice(0, 7).map((name) => template(`user ${name} logged in from <*>`)));
  expect(merged.every((t) => t.mergedText === t.text && t.mergedId === t.id)).toBe(true);
});

test('templates of different components or lengths never become one', () => {
  const merged = mergeTemplates([
    ...NAMES.slice(0, 5).map((name) => template(`user ${name} logged in`)),
    ...NAMES.slice(5).map((name) => template(`user ${name} logged in`, 'beat')),
    template('user zoe logged in again'),
  ]);
  expect(merged.every((t) => t.mergedId === t.id)).toBe(true);
});

test('one that has nothing but values left is not made', () => {
  const merged = mergeTemplates(NAMES.map((name) => template(`${name} <*>`)));
  expect(merged.every((t) => t.mergedId === t.id)).toBe(true);
});

test('the order of the templates plays no part', () => {
  const all = [
    ...NAMES.map((name) => template(`user ${name} logged in`)),
    ...NAMES.map((name) => template(`user anna read file ${name}`)),
    ...NAMES.slice(0, 3).map((name) => template(`queue ${name} is full now`)),
  ];
  const answer = (list: readonly Template[]) =>
    new Map(mergeTemplates(list).map((t) => [t.id, `${t.mergedId} ${t.mergedText}`]));
  const expected = answer(all);
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
      expect(answer(shuffled)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
