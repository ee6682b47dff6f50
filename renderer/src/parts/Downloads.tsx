// Where an exported file is; in the browser shell also a link that fetches it.
import { inBrowser } from '../backend.ts';
import { bytes } from '../format/numbers.ts';
import { copy } from './copy.ts';

interface Props {
  name: string;
  path: string;
  size: number;
  note?: string;
  sha256?: string;
  /** Where the signature is, and the fingerprint of its key. */
  signature?: { path: string | null; fingerprint: string } | null;
}

export function ExportedFile({ name, path, size, note, sha256, signature }: Props) {
  return (
    <div className="exported" data-testid="exported-file">
      <div className="mark">
        <strong className="mono">{name}</strong>
        <span className="dim">
          {bytes(size)}
          {note ? ` · ${note}` : ''}
        </span>
        {inBrowser && (
          <a
            className="button"
            href={`/exports/${encodeURIComponent(name)}`}
            download={name}
            data-testid="export-link"
          >
            Download
          </a>
        )}
        <button type="button" className="button" onClick={() => copy(path, 'Path copied')}>
          Copy path
        </button>
      </div>
      <div className="mono dim wrap">{path}</div>
      {sha256 && (
        <div className="mono dim wrap">
          sha256 <span data-testid="exported-sha256">{sha256}</span>
        </div>
      )}
      {signature && (
        <div className="wrap" data-testid="exported-signature">
          <span className="soft">
            Signed; the signature is{' '}
            {signature.path === null ? 'at the end of the file itself' : 'beside it: '}
          </span>
          {signature.path !== null && <span className="mono dim">{signature.path}</span>}
          <span className="soft">. Key </span>
          <span className="mono dim">{signature.fingerprint}</span>
          <span className="soft">
            {' '}
            · checked with <code>tidemark verify-report {name}</code>
          </span>
        </div>
      )}
    </div>
  );
}
