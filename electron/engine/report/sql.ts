// Pieces of SQL that several sections share, so that they mean the same events in the same order.

/** Findings that count as claims of the report: nobody dismissed or suppressed them. */
export const ACTIVE = `f.state NOT IN ('dismissed', 'suppressed')`;

/** Columns of one event with its place in the evidence; needs `e` (events), `m` (member), `b` (bundle). */
export const PLACE = `CAST(e.event_id AS VARCHAR) AS event_id, epoch_us(e.ts) AS ts_us, epoch_us(e.ts_logged) AS logged_us, e.ts_basis,
      e.node, e.system, e.component, e.level, b.name AS bundle, m.path, e.line, e.byte_offset, e.byte_length,
      coalesce(m.content_sha256, m.sha256) AS sha256`;

/** Time order that is total and does not depend on the order of intake. */
export const TIME_ORDER = `e.ts NULLS LAST, b.name, m.path, e.line, e.event_id`;
