// The exact bytes of an event with control characters shown, and the lines around it in the same file.
import { Fragment, useMemo, useState } from 'react';
import type { EventDetail, RawContext } from '../../../shared/api.ts';
import { oneLine } from '../format/control.ts';
import { decodeBase64, hexLines } from '../format/hex.ts';
import { Choices } from '../parts/Choices.tsx';
import { copy } from '../parts/copy.ts';
import { EvidenceText } from '../parts/Evidence.tsx';
import { useDetails } from '../store/details.ts';
import { Block } from './Block.tsx';

type Form = 'text' | 'hex';

export function RawBytes({ event }: { event: EventDetail }) {
  const raw = useDetails((s) => s.raw);
  const [form, setForm] = useState<Form>('text');
  const [around, setAround] = useState(5);
  const fits = raw?.eventId === event.eventId ? raw : null;
  const bytes = useMemo(() => (fits ? decodeBase64(fits.base64) : null), [fits]);
  const before = fits?.before.slice(-around) ?? [];
  const after = fits?.after.slice(0, around) ?? [];
  return (
    <Block
      title={`Exact bytes (${event.byteLength} B)`}
      side={
        <span className="mark">
          <Choices<Form>
            label="Form of the bytes"
            value={form}
            options={[
              ['text', 'Text'],
              ['hex', 'Hex'],
            ]}
            onChange={setForm}
          />
          <button
            type="button"
            className="button"
            disabled={!fits}
            onClick={() => fits && copy(fits.text, 'Text of the record copied')}
          >
            Copy
          </button>
        </span>
      }
    >
      {!fits && <p className="dim">Reading the evidence …</p>}
      {fits && form === 'text' && (
        <div className="raw mono" data-testid="event-raw">
          <Around lines={before} />
          <div className="raw-line here">
            <span className="raw-number">{event.line}</span>
            <span data-testid="event-raw-text">
              <EvidenceText text={fits.text} />
            </span>
          </div>
          <Around lines={after} />
        </div>
      )}
      {bytes && form === 'hex' && (
        <pre className="raw hex" data-testid="event-hex">
          {hexLines(bytes, event.byteOffset).map((l) => (
            <div key={l.offset}>
              <span className="raw-number">{l.offset.toString(16).padStart(8, '0')}</span> {l.hex.padEnd(49)}{' '}
              <span className="soft">{l.ascii}</span>
            </div>
          ))}
          {bytes.length > 4096 && <div className="dim">first 4,096 of {bytes.length} bytes</div>}
        </pre>
      )}
      {fits && form === 'text' && (fits.before.length > 5 || fits.after.length > 5) && (
        <button type="button" className="link" onClick={() => setAround(around === 5 ? 20 : 5)}>
          {around === 5 ? 'Show 20 lines before and after' : 'Show 5 lines before and after'}
        </button>
      )}
    </Block>
  );
}

/** Lines around; those of another file of the same rotation series begin with its name. */
function Around({ lines }: { lines: RawContext['before'] }) {
  return lines.map((l, i) => (
    <Fragment key={`${l.path ?? ''} ${l.line}`}>
      {l.path !== undefined && l.path !== lines[i - 1]?.path && (
        <div className="raw-line raw-file" data-testid="raw-other-file">
          <span className="raw-number">↳</span>
          <span title={l.path}>{oneLine(l.path)}</span>
        </div>
      )}
      <div className="raw-line">
        <span className="raw-number">{l.line}</span>
        <span>{oneLine(l.text)}</span>
      </div>
    </Fragment>
  ));
}
