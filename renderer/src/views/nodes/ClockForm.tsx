// Sets a node's zone and clock offset by hand, or gives them back to the evidence.
import { useState } from 'react';
import type { NodeRow } from '../../../../shared/api.ts';
import { offset, parseOffset } from '../../format/time.ts';
import { useNodes } from '../../store/nodes.ts';

export function ClockForm({ node, onDone }: { node: NodeRow; onDone(): void }) {
  const { setClock, saving } = useNodes();
  const [zone, setZone] = useState(node.zone ?? '');
  const [text, setText] = useState(
    node.clockOffsetUs === 0 ? '0' : offset(node.clockOffsetUs).replaceAll(' ', ''),
  );
  const us = parseOffset(text);
  const changedZone = zone.trim() !== (node.zone ?? '');
  const changedOffset = us !== null && us !== node.clockOffsetUs;
  const save = async (zoneTo: string | null | undefined, offsetTo: number | null | undefined) => {
    if (await setClock(node.node, zoneTo, offsetTo)) onDone();
  };
  return (
    <form
      className="clock-form"
      onSubmit={(e) => {
        e.preventDefault();
        void save(changedZone ? zone.trim() || null : undefined, changedOffset ? us : undefined);
      }}
    >
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
        disabled={saving !== null}
        onClick={() => void save(null, null)}
        title="Zone and offset as the evidence says"
      >
        Back to the evidence
      </button>
    </form>
  );
}
