// The chosen bundles and what was seen of each; one opens to its first members.
import { useState } from 'react';
import type { BundlePreview } from '../../../../shared/api.ts';
import { oneLine } from '../../format/control.ts';
import { bytes, plural } from '../../format/numbers.ts';
import { Icon } from '../../parts/Icon.tsx';
import { useIntake } from '../../store/intake.ts';
import { bundleNotes, membersWord, unpackedWord } from './words.ts';

interface Props {
  passwords: Record<string, string>;
  onPassword(path: string, word: string): void;
}

export function BundleList({ passwords, onPassword }: Props) {
  const { paths, seen, looking, leaveOut } = useIntake();
  const [opened, setOpened] = useState<string | null>(null);
  if (paths.length === 0) return null;
  return (
    <ul className="intake-bundles" data-testid="chosen-paths">
      {paths.map((path) => {
        const preview = seen.get(path);
        return (
          <li key={path} data-testid="intake-bundle" data-path={path}>
            <div className="intake-line">
              <button
                type="button"
                className="plain"
                disabled={!preview || preview.entries.length === 0}
                aria-expanded={opened === path}
                aria-label={`First members of ${path}`}
                title="Show its first members"
                onClick={() => setOpened(opened === path ? null : path)}
                data-testid="intake-expand"
              >
                <Icon name={opened === path ? 'down' : 'forward'} size={12} />
              </button>
              <span className="mono cut grow" title={path}>
                {oneLine(preview?.name ?? lastName(path))}
              </span>
              {preview && (
                <>
                  <span className="tag">{preview.kind}</span>
                  <span className="num intake-size" title="Size as collected">
                    {bytes(preview.size)}
                  </span>
                </>
              )}
              {!preview && looking && <span className="dim">looking …</span>}
              <button
                type="button"
                className="plain"
                aria-label={`Leave out ${path}`}
                title="Leave it out"
                onClick={() => leaveOut(path)}
                data-testid="intake-leave-out"
              >
                <Icon name="close" size={12} />
              </button>
            </div>
            <Seen path={path} preview={preview} password={passwords[path] ?? ''} onPassword={onPassword} />
            {opened === path && preview && <Entries preview={preview} />}
          </li>
        );
      })}
    </ul>
  );
}

const lastName = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

interface SeenProps {
  path: string;
  preview: BundlePreview | undefined;
  password: string;
  onPassword(path: string, word: string): void;
}

function Seen({ path, preview, password, onPassword }: SeenProps) {
  if (!preview) return <div className="intake-about dim mono cut">{path}</div>;
  const notes = bundleNotes(preview);
  return (
    <>
      <div className="intake-about soft" data-testid="intake-about">
        {preview.members > 0 || preview.complete ? membersWord(preview) : 'members not counted'}
        {preview.unpacked !== null && ` · ${unpackedWord(preview)} unpacked`}
        {notes.map((note) => (
          <span key={note}> · {note}</span>
        ))}
      </div>
      {preview.problem && (
        <div className="intake-about bad" data-testid="intake-problem">
          <span aria-hidden="true">▲ </span>
          {preview.problem}
        </div>
      )}
      {preview.encrypted > 0 && (
        <label className="intake-about intake-secret">
          <span className="nowrap">Its password</span>
          <input
            className="field"
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={password}
            onChange={(e) => onPassword(path, e.target.value)}
            data-testid="intake-password"
          />
          <span className="dim">without it they are listed, not read</span>
        </label>
      )}
    </>
  );
}

function Entries({ preview }: { preview: BundlePreview }) {
  const more = preview.members - preview.entries.length;
  return (
    <ul
      className="intake-entries scroll"
      data-testid="intake-entries"
      aria-label={`Members of ${preview.name}`}
    >
      {preview.entries.map((entry, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an archive may hold a name twice
        <li key={`${i} ${entry.path}`}>
          <span className="mono cut grow" title={oneLine(entry.path)}>
            {oneLine(entry.path)}
          </span>
          {entry.encrypted && <span className="tag">encrypted</span>}
          {entry.kind !== 'file' && <span className="dim">{entry.kind}</span>}
          <span className="num dim intake-size">{entry.size === null ? '' : bytes(entry.size)}</span>
        </li>
      ))}
      {(more > 0 || !preview.complete) && (
        <li className="dim">
          {more > 0
            ? `and ${preview.complete ? '' : 'at least '}${plural(more, 'other')}`
            : 'there may be more'}
        </li>
      )}
    </ul>
  );
}
