// The values a finding's events have in common; each leads to all events with it.
import type { EntityKind, LensField } from '../../../shared/model.ts';
import { ENTITY_KINDS, LENS_FIELDS } from '../../../shared/model.ts';
import { oneLine } from '../format/control.ts';
import { Icon } from '../parts/Icon.tsx';
import { pivot, showOnly } from '../store/pivot.ts';
import { Block } from './Block.tsx';

/** The names rules use for what the lens calls otherwise. */
const ENTITY_OF: Record<string, EntityKind> = {
  src_ip: 'ip',
  'source.ip': 'ip',
  'client.ip': 'ip',
  user_name: 'user',
  'user.name': 'user',
  task_id: 'celery_task',
  job_id: 'ray_job',
  submission_id: 'ray_submission',
};

function target(name: string, value: string): (() => void) | null {
  const kind = ENTITY_OF[name] ?? (ENTITY_KINDS as readonly string[]).find((k) => k === name);
  if (kind) return () => pivot(kind as EntityKind, value);
  const field = LENS_FIELDS.find((f) => f === name) as LensField | undefined;
  return field ? () => showOnly([[field, value]]) : null;
}

export function GroupValues({ values }: { values: Record<string, unknown> }) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <Block title="What its events have in common">
      <table className="fields" data-testid="group-values">
        <tbody>
          {entries.map(([name, value]) => {
            const text = typeof value === 'string' ? value : JSON.stringify(value);
            const go = value === null ? null : target(name, text);
            return (
              <tr key={name}>
                <th scope="row" className="mono">
                  {name}
                </th>
                <td className="mono wrap">{oneLine(text)}</td>
                <td className="field-acts">
                  {go && (
                    <button
                      type="button"
                      className="plain"
                      title="Pivot: all events with this value"
                      aria-label={`Pivot to ${name} ${text}`}
                      onClick={go}
                      data-testid="group-pivot"
                    >
                      all events <Icon name="pivot" size={12} />
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Block>
  );
}
