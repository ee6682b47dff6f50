// Times that run backwards in a file: a clock set back, or records that stand out of their time. See docs/native-checks.md.
import type { Threshold } from '../thresholds.ts';
import type { NativeCheck } from './native-check.ts';
import { FILES, RECORDS } from './records.ts';

/** What interleaved writers and held-back lines explain. */
const BEHIND: Threshold = {
  name: 'behind',
  value: 60,
  unit: 'seconds',
  least: 3,
  most: 86_400,
  about: 'what several writers of one file explain: steps up to this are no finding',
};
const STEPS: Threshold = {
  name: 'steps',
  value: 5,
  unit: 'times',
  least: 1,
  most: 1000,
  about: 'most steps of one file; a file with more was put together from several',
};

const SHARE: Threshold = {
  name: 'share',
  value: 5,
  unit: 'percent',
  least: 0,
  most: 100,
  about: 'most records of a file out of order, and one more; a file with more was put together from several',
};

/**
 * Runs of records that the reader marked, with the dated records around them. `base` is the latest time before the run, `next`
 * the time of the first dated record after it, both moved to UTC: what a change of zone explains is gone there.
 * `kept_before`, `kept_after`: the tenth record on that side is there and in order.
 */
const RUNS = (t: Record<string, number>) => `
marked AS (
  SELECT r.file_id, r.event_id, r.line, r.ts, r.ts_logged, r.zoned, r.disorder,
    CASE WHEN r.disorder IS NULL THEN r.ts_logged END AS own,
    row_number() OVER w AS number, row_number() OVER w - row_number() OVER (PARTITION BY r.file_id, r.disorder IS NULL ORDER BY r.event_id) AS run
  FROM native_record AS r JOIN native_file AS f ON f.file_id = r.file_id
  WHERE f.out_of_order > 0 AND r.dated AND NOT r."foreign"
  WINDOW w AS (PARTITION BY r.file_id ORDER BY r.event_id)
), placed AS (
  SELECT *, max(own) OVER (PARTITION BY file_id ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS base,
    lag(own, 10) OVER w IS NOT NULL AS kept_before, lead(own, 10) OVER w IS NOT NULL AS kept_after,
    lag(event_id) OVER w AS before_id, lead(event_id) OVER w AS after_id, lead(ts_logged) OVER w AS after_logged,
    lead(ts_logged, 5) OVER w AS later_logged, lag(ts) OVER w AS before_ts, lead(ts) OVER w AS after_ts
  FROM marked WINDOW w AS (PARTITION BY file_id ORDER BY number)
), run AS (
  SELECT file_id, run, count(*) AS records, min(event_id) AS first_id, max(event_id) AS last_id, arg_min(base, number) AS base,
    arg_min(before_id, number) AS before_id, arg_min(before_ts, number) AS before_ts, arg_max(after_id, number) AS after_id,
    arg_max(after_ts, number) AS after_ts, arg_max(after_logged, number) AS next, arg_max(later_logged, number) AS later,
    arg_min(kept_before, number) AS kept_before, arg_max(kept_after, number) AS kept_after, min(ts_logged) AS low, max(ts_logged) AS high, bool_and(zoned) AS zoned,
    max(abs(epoch_us(ts_logged) - epoch_us(CASE WHEN disorder < 0 THEN coalesce(after_logged, base) ELSE base END))) / 1e6 AS far
  FROM placed WHERE disorder IS NOT NULL GROUP BY file_id, run
), step AS (
  SELECT run.*, f.node, f.path,
    -- the log goes on from the earlier time; one that keeps falling runs from new to old
    (next IS NULL AND run.records >= 5 OR next < base - to_microseconds(${t.behind! * 1e6}::BIGINT)) AND (later IS NULL OR later >= low) AS back
  FROM run JOIN native_file AS f ON f.file_id = run.file_id
  WHERE far > ${t.behind} AND base IS NOT NULL AND kept_before
    AND f.out_of_order <= 1 + f.records * ${t.share! / 100}
    -- local time that differs by whole quarters of an hour is a question of zones
    AND (zoned OR abs(far - 900 * round(far / 900)) > 120 OR far > 50400)
  QUALIFY count(*) OVER (PARTITION BY run.file_id) <= ${t.steps}
)`;

const FACTS = `[path, CAST(CAST(round(far) AS BIGINT) AS VARCHAR), CAST(records AS VARCHAR)]`;

export const clockSetBack: NativeCheck = {
  thresholds: [BEHIND, STEPS, SHARE],
  groupNames: ['log', 'seconds', 'records'],
  tables: [FILES, RECORDS],
  query: (t) => ({
    sql: `WITH ${RUNS(t)}
SELECT ${FACTS} AS g, s.first_id AS island, e.event_id, e.ts, s.node, e.system, CASE WHEN e.event_id = s.before_id THEN 'before the step' ELSE 'after the step' END AS role
FROM step AS s JOIN events AS e ON e.event_id IN (s.before_id, s.first_id)
WHERE s.back`,
    values: [],
  }),
};

export const recordOutOfTime: NativeCheck = {
  thresholds: [
    BEHIND,
    STEPS,
    SHARE,
    {
      name: 'run',
      value: 20,
      unit: 'events',
      least: 1,
      most: 500,
      about: 'most records in a row that stand out of their time',
    },
  ],
  groupNames: ['log', 'seconds', 'records'],
  tables: [FILES, RECORDS],
  query: (t) => ({
    sql: `WITH ${RUNS(t)}
SELECT ${FACTS} AS g, s.first_id AS island, e.event_id, e.ts, s.node, e.system, 'out of its time' AS role
FROM step AS s JOIN native_record AS r ON r.file_id = s.file_id AND r.event_id BETWEEN s.first_id AND s.last_id AND r.disorder IS NOT NULL
JOIN events AS e ON e.event_id = r.event_id
WHERE NOT s.back AND s.kept_after AND s.next IS NOT NULL AND s.next >= s.base - to_microseconds(${t.behind! * 1e6}::BIGINT) AND s.records <= ${t.run}`,
    values: [],
  }),
};
