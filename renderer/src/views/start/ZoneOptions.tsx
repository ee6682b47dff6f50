// Zones to assume for lines that state none: one for all nodes, others by node.
import { useState } from 'react';

interface Props {
  zones: Record<string, string>;
  onChange(zones: Record<string, string>): void;
}

interface Line {
  id: number;
  node: string;
  zone: string;
}

export function ZoneOptions({ zones, onChange }: Props) {
  const [lines, setLines] = useState<Line[]>([]);
  const [next, setNext] = useState(1);
  const tell = (all: string, perNode: Line[]) => {
    const out: Record<string, string> = {};
    if (all.trim()) out['*'] = all.trim();
    for (const { node, zone } of perNode) if (node.trim() && zone.trim()) out[node.trim()] = zone.trim();
    onChange(out);
  };
  const change = (perNode: Line[]) => {
    setLines(perNode);
    tell(zones['*'] ?? '', perNode);
  };
  return (
    <div className="column start-evidence">
      <span className="start-row">
        <input
          className="field"
          list="zone-names"
          placeholder="UTC"
          aria-label="Zone of all nodes whose logs state none"
          value={zones['*'] ?? ''}
          onChange={(e) => tell(e.target.value, lines)}
          data-testid="zone-default"
        />
        <span className="dim">where a log states none; empty: found from the evidence, else UTC</span>
      </span>
      {lines.map((line) => (
        <span key={line.id} className="start-row">
          <input
            className="field"
            placeholder="node"
            aria-label="Node"
            value={line.node}
            onChange={(e) =>
              change(lines.map((l) => (l.id === line.id ? { ...l, node: e.target.value } : l)))
            }
          />
          <input
            className="field"
            list="zone-names"
            placeholder="Europe/Berlin or +02:00"
            aria-label={`Zone of ${line.node || 'this node'}`}
            value={line.zone}
            onChange={(e) =>
              change(lines.map((l) => (l.id === line.id ? { ...l, zone: e.target.value } : l)))
            }
          />
          <button
            type="button"
            className="plain"
            onClick={() => change(lines.filter((l) => l.id !== line.id))}
          >
            remove
          </button>
        </span>
      ))}
      <span>
        <button
          type="button"
          className="link"
          onClick={() => {
            setLines([...lines, { id: next, node: '', zone: '' }]);
            setNext(next + 1);
          }}
        >
          Another zone for one node
        </button>
      </span>
      <datalist id="zone-names">
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </div>
  );
}
