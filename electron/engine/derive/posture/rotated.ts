// A rotation's name as the posture asks of it: the log without numbers, dates and compression, and Ray's index of a process.
import { rotationName } from '../rotation-name.ts';

export interface Rotated {
  /** Folder and name of the log that the file is a part of. */
  log: string;
  /** `.2` of `worker.log.2.gz`; 0 for the file that is written to. */
  number: number | null;
  /** `2026-11-20`, when a date stands in the name. */
  date: string | null;
  /** `1` of Ray's `raylet.1.out`: another process, no rotation (reference on Ray, section 1). */
  process: number | null;
}

const RAY_INDEX =
  /^(raylet|gcs_server|dashboard|dashboard_agent|runtime_env_agent|log_monitor|monitor|ray_client_server)\.(\d{1,3})(\.(?:log|out|err))$/;

/** null for files that name no part of a rotation: glog begins a file with a stamp at every start, which is no number. */
export function rotated(path: string): Rotated | null {
  const { log, place } = rotationName(path);
  if (place.kind === 'start') return null;
  const cut = log.lastIndexOf('/') + 1;
  const indexed = RAY_INDEX.exec(log.slice(cut));
  return {
    log: indexed ? `${log.slice(0, cut)}${indexed[1]}${indexed[3]}` : log,
    number: place.kind === 'current' ? 0 : place.kind === 'number' ? place.number : null,
    date: place.kind === 'stamp' ? place.date : null,
    process: indexed ? Number(indexed[2]) : null,
  };
}
