// Sets a node's zone and clock offset by hand, says what that will do, or gives them back to the evidence.
import { useState } from 'react';
import type { NodeRow } from '../../../../shared/api.ts';
import { clockPreview, evidenceWords } from '../../format/clock-preview.ts';
import { offset, parseOffset } from '../../format/time.ts';
import { useNodes } from '../../store/nodes.ts';

interface Props {
  node: NodeRow;
  /** Events whose lines state no zone; null: not known yet. */
  localEvents: number | null;
  onDone(): void;
}

export function ClockForm({ node, localEvents, onDone }: Props) {
  const { setClock, saving } = useNodes();
  const [zone, setZone] = useState(node.zone ?? '');
  const [text, setText] = useState(
    node.clockOffsetUs === 0 ? '0' : offset(node.clockOffsetUs).replaceAll(' ', ''),
  );
  const us = parseOffset(text);
  const changedZone = zone.trim() !== (node.zone ?? '');
  const changedOffset =
    us !== null && us !== node.clockOffsetUs && text !== offset(node.clockOffsetUs).replaceAll(' ', '');
  const byHand = node.zoneSet !== null || node.offsetSetUs !== null;
  const save = async (zoneTo: string | null | undefined, offsetTo: number | null | undefined) => {
    if (await setClock(node.node, zoneTo, offsetTo)) onDone();
  };
  const preview = clockPreview(
    node,
    localEvents,
    changedZone ? zone.trim() : null,
    changedOffset ? us : null,
  );
  return (
    <form
      className="clock-form"
      onSubmit={(e) => {
        e.preventDefault();
        void save(changedZone ? zone.trim() || null : undefined, changedOffset ? us : undefined);
      }}
    >
      <div className="clock-fields">
        <label>
          Zone of its logs
          <input
            className="field"
            placeholder="Europe/Berlin or +02:00"
            value={zone}
            onChange={(e) => setZone(e.target.value)}
            data-testid="node-zone"
          />
        </label>
        <label>
          Clock offset, added to its times
          <input
            className="field mono"
            placeholder="+7m2s"
            value={text}
            aria-invalid={us === null}
            onChange={(e) => setText(e.target.value)}
            data-testid="node-offset"
          />
        </label>
        <span className={us === null ? 'bad' : 'dim'}>
          {us === null ? 'Write it like +7m2s, -350ms or 90 (seconds).' : `reads as ${offset(us)}`}
        </span>
        <button
          type="submit"
          className="button main"
          disabled={saving !== null || us === null || !(changedZone || changedOffset)}
          data-testid="node-save"
        >
          {saving ? 'Moving times …' : 'Set'}
        </button>
        <button
          type="button"
          className="button"
          disabled={saving !== null || !byHand}
          onClick={() => void save(null, null)}
          title={byHand ? 'Zone and offset as the evidence says' : 'Nothing is set by hand'}
          data-testid="node-undo"
        >
          Back to the evidence
        </button>
      </div>
      <div aria-live="polite" data-testid="clock-preview">
        {preview.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {(preview.length > 0 || byHand) && <p className="dim">{evidenceWords(node)}</p>}
      </div>
    </form>
  );
}
