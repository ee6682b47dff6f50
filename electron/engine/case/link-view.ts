// The view `links`: what joins two events, how sure it is, and why, in words.
import { EXACT_LINKS } from '../../../shared/model.ts';

const SAID: Record<(typeof EXACT_LINKS)[number], string> = {
  celery_task: 'both name the Celery task',
  celery_parent: 'the second names the first as its parent: Celery task',
  celery_group: 'both name the Celery group',
  ray_submission: 'both name the Ray submission',
  ray_job: 'both name, in the same cluster, the Ray job',
  ray_actor: 'both name the Ray actor',
  ray_task: 'both name the Ray task',
  mesos_task: 'both name, in the same framework, the Mesos task',
  mesos_container: 'both name the Mesos container',
  mesos_status_update: 'both name the status update',
  http_request: 'both name the request',
  registry_upload: 'both name the upload',
  image_digest: 'both name the digest',
};

/** Kinds whose ids name one piece of work wherever they stand. */
export const CHAINED = [
  'celery_task',
  'celery_group',
  'ray_submission',
  'ray_actor',
  'ray_task',
  'mesos_container',
  'mesos_status_update',
  'http_request',
  'registry_upload',
];

export const LINK_VIEW = `
CREATE VIEW links AS
SELECT l.from_event, l.to_event, l.kind, CASE WHEN l.why IS NULL THEN 'exact' ELSE 'inferred' END AS basis,
  CASE WHEN l.why IS NULL THEN (CASE l.kind ${EXACT_LINKS.map((kind) => `WHEN '${kind}' THEN '${SAID[kind]} '`).join(' ')} END) || n.value
    WHEN l.candidates > 1 THEN l.why || '; ' || l.candidates || ' fit equally well, this is one of them'
    ELSE l.why END AS why
FROM (
  SELECT from_event, to_event, kind::VARCHAR AS kind, entity_id, candidates, why FROM link
  UNION ALL
  SELECT r.event_id - r.back, r.event_id, n.kind, n.entity_id, NULL, NULL FROM entity_ref r JOIN entity n ON n.entity_id = r.entity_id
  WHERE r.back > 0 AND n.kind IN (${CHAINED.map((kind) => `'${kind}'`).join(', ')}) AND n.role NOT IN ('context', 'parent', 'root')
    AND n.entity_id NOT IN (SELECT entity_id FROM link_several)) l
LEFT JOIN entity n ON n.entity_id = l.entity_id;
`;

export const LINK_COMMENTS: Record<string, string> = {
  '': 'What joins two events; n events of one id are a chain of n - 1 links in time order',
  from_event: 'The earlier event',
  to_event: 'The later event',
  kind: 'Kind of the shared id, or of the rule that infers the link',
  basis: 'exact: both lines state the same id; inferred: times, addresses and names fit',
  why: 'The reason in words; where several fitted equally well, how many',
};
