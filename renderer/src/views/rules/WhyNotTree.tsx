// The parts of a rule with the number of events each alone is true for: the first without events is why it found nothing.
import type { WhyNot } from '../../../../shared/api.ts';
import { count } from '../../format/numbers.ts';

interface Props {
  part: WhyNot;
  /** Shows a line of the rule text; absent: line numbers are plain. */
  onLine?: ((line: number) => void) | undefined;
}

/** The highest count in the tree, for bars that can be compared. */
const most = (part: WhyNot): number => Math.max(part.events, ...part.children.map(most));

function Part({ part, depth, top, under, onLine }: Props & { depth: number; top: number; under: boolean }) {
  const { text, line, events, missing, children } = part;
  // Below a `not` it is no fault to be true for nothing.
  const negated = under !== text.startsWith('not ');
  const bad = events === 0 && !under;
  return (
    <li>
      <div className="why-part" data-testid="why-part" data-events={events}>
        <span className="why-text mono" style={{ paddingLeft: depth * 10 }}>
          {text}
        </span>
        <span className="why-line dim">
          {line === null ? (
            ''
          ) : onLine ? (
            <button type="button" className="link" onClick={() => onLine(line)}>
              line {line}
            </button>
          ) : (
            `line ${line}`
          )}
        </span>
        <span className="why-bar" aria-hidden="true">
          <span style={{ width: top === 0 ? 0 : `${Math.max(events > 0 ? 2 : 0, (100 * events) / top)}%` }} />
        </span>
        <span className={`num ${bad ? 'bad' : ''}`}>
          {bad && (
            <span title="No event: this part alone is never true">
              ▲<span className="unseen"> none: </span>{' '}
            </span>
          )}
          {count(events)}
        </span>
        <span className="num dim" title="events that lack the field">
          {missing === null ? '' : count(missing)}
        </span>
      </div>
      {children.length > 0 && (
        <ul>
          {children.map((child, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts may be equal; their order is that of the rule
            <Part key={i} part={child} depth={depth + 1} top={top} under={negated} onLine={onLine} />
          ))}
        </ul>
      )}
    </li>
  );
}

export function WhyNotTree({ part, onLine }: Props) {
  return (
    <div className="why" data-testid="why-not-tree">
      <div className="why-part why-head dim">
        <span>part of the rule</span>
        <span className="why-line" />
        <span className="why-bar-head" />
        <span className="num">events</span>
        <span className="num" title="events that lack the field">
          lack field
        </span>
      </div>
      <ul>
        <Part part={part} depth={0} top={most(part)} under={false} onLine={onLine} />
      </ul>
    </div>
  );
}
