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

export const LINK_VIEW = `
CREATE VIEW links AS
SELECT l.from_event, l.to_event, l.kind::VARCHAR AS kind, CASE WHEN l.why IS NULL THEN 'exact' ELSE 'inferred' END AS basis,
  CASE WHEN l.why IS NULL THEN (CASE l.kind ${EXACT_LINKS.map((kind) => `WHEN '${kind}' THEN '${SAID[kind]} '`).join(' ')} END) || n.value
    WHEN l.candidates > 1 THEN l.why || '; ' || l.candidates || ' fit equally well, this is one of them'
    ELSE l.why END AS why
FROM link l LEFT JOIN entity n ON n.entity_id = l.entity_id;
`;

export const LINK_COMMENTS: Record<string, string> = {
  '': 'What joins two events; n events of one id are a chain of n - 1 links in time order',
  from_event: 'The earlier event',
  to_event: 'The later event',
  kind: 'Kind of the shared id, or of the rule that infers the link',
  basis: 'exact: both lines state the same id; inferred: times, addresses and names fit',
  why: 'The reason in words; where several fitted equally well, how many',
};
