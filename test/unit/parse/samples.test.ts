// Every line kind states samples and what they must become; this runs them all.
import { describe, expect, test } from 'vitest';
import { CARRIERS } from '../../../electron/engine/parse/carriers/list.ts';
import { FORMATS, SANDBOX } from '../../../electron/engine/parse/formats/formats.ts';
import { mesosState } from '../../../electron/engine/parse/formats/mesos-state.ts';
import { other } from '../../../electron/engine/parse/formats/other.ts';
import { registryConfiguration } from '../../../electron/engine/parse/formats/registry-configuration.ts';
import type { ExpectedRecord, LineKind, Sample } from '../../../electron/engine/parse/kind.ts';
import type { Draft } from '../../../electron/engine/parse/record.ts';
import { ENTITY_KINDS, LEVELS } from '../../../shared/model.ts';
import { checkTiling, entitiesOf, fieldsOf, micros, read, text } from './reading.ts';

const kinds = new Set<LineKind>(
  [...FORMATS, SANDBOX, mesosState, other, registryConfiguration].flatMap((format) => format.kinds),
);

describe.each([...kinds].filter((kind) => kind.samples.length > 0).map((kind) => [kind.id, kind] as const))(
  '%s',
  (_id, kind) => {
    test.each(kind.samples.map((sample, i) => [i, sample] as const))(
      'sample %i becomes what it states',
      (_i, sample) => holds(sample),
    );
  },
);

describe.each(CARRIERS.map((carrier) => [carrier.id, carrier] as const))('carrier %s', (_id, carrier) => {
  test.each(carrier.samples.map((sample, i) => [i, sample] as const))(
    'sample %i becomes what it states',
    (_i, sample) => holds(sample),
  );
});

test('every carrier states samples', () => {
  for (const carrier of CARRIERS) expect(carrier.samples.length, carrier.id).toBeGreaterThan(0);
});

function holds(sample: Sample): void {
  const bytes = new TextEncoder().encode(sample.text);
  const r = read(bytes, {
    path: sample.path ?? 'unknown.log',
    mtimeUs: sample.mtime ? micros(sample.mtime) : null,
  });
  checkTiling(r, bytes.length);
  expect(r.records.map((d) => text(d.message).slice(0, 200))).toHaveLength(sample.gives.length);
  sample.gives.forEach((want, i) => {
    check(r.records[i] as Draft, want);
  });
}

test('every entity kind that samples give is one of the model', () => {
  for (const kind of kinds) {
    for (const sample of kind.samples) {
      const r = read(sample.text, { path: sample.path ?? 'unknown.log' });
      for (const d of r.records) for (const k of d.entityKinds) expect(ENTITY_KINDS).toContain(k);
    }
  }
});

function check(draft: Draft, want: ExpectedRecord): void {
  const { time, level, message, fields, entities, parsed, ...columns } = want;
  if (time !== undefined)
    expect(new Date(draft.tsWall / 1000).toISOString().slice(0, 19)).toBe(time.slice(0, 19));
  if (time !== undefined) expect(draft.tsWall).toBe(micros(time));
  if (level !== undefined) expect(LEVELS[draft.level]).toBe(level);
  if (message !== undefined) expect(text(draft.message)).toBe(message);
  expect(draft.parsed).toBe(parsed ?? true);
  expect(draft).toMatchObject(columns);
  const got = fieldsOf(draft);
  if (fields) expect(got).toMatchObject(fields);
  for (const entity of entities ?? []) expect(entitiesOf(draft)).toContain(entity);
}
