// Signatures: of what, by whom, when, and whether they hold.
import { oneLine } from '../../format/control.ts';
import { dateTime } from '../../format/time.ts';
import { copy } from '../../parts/copy.ts';
import { Icon } from '../../parts/Icon.tsx';

export interface Signature {
  what: string;
  signer: string;
  fingerprint: string;
  at: number;
  ok: boolean;
  sentence: string;
}

export function SignatureList({ signatures, title }: { signatures: Signature[]; title?: string }) {
  if (signatures.length === 0) return null;
  return (
    <section data-testid="signatures">
      {title && <h2>{title}</h2>}
      <table className="table">
        <thead>
          <tr>
            <th>of</th>
            <th>by</th>
            <th>key</th>
            <th>when (UTC)</th>
            <th>holds</th>
          </tr>
        </thead>
        <tbody>
          {signatures.map((s) => (
            <tr key={`${s.what} ${s.fingerprint} ${s.at}`} data-testid="signature" data-ok={s.ok}>
              <td className="mono">{oneLine(s.what)}</td>
              <td className="nowrap">{oneLine(s.signer)}</td>
              <td className="nowrap">
                <span className="mono" title={s.fingerprint}>
                  {s.fingerprint.slice(0, 16)}…
                </span>
                <button
                  type="button"
                  className="plain dim"
                  onClick={() => copy(s.fingerprint, 'Fingerprint copied')}
                  aria-label={`Copy the fingerprint of ${s.signer}`}
                >
                  <Icon name="copy" size={12} />
                </button>
              </td>
              <td className="mono nowrap">{dateTime(s.at, 's')}</td>
              <td className={s.ok ? 'soft' : 'bad'}>
                {s.ok ? '✓ ' : '▲ '}
                {s.sentence}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
