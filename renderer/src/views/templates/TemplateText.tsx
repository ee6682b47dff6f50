// A template: its words as evidence, what varies as a quiet mark.
import './templates.css';

import { oneLine } from '../../format/control.ts';

export function TemplateText({ text }: { text: string }) {
  if (text === '') return <span className="dim">(empty message)</span>;
  if (text === '…') return <span className="dim">(more templates of one file than are told apart)</span>;
  return (
    <span className="mono template-text">
      {text.split('<*>').map((words, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name than their place
        <span key={i}>
          {i > 0 && (
            <span className="template-value" title="varies">
              ∗
            </span>
          )}
          {oneLine(words)}
        </span>
      ))}
    </span>
  );
}
