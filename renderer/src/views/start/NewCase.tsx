// Makes a case: its name and folder, the bundles to read, the zones to assume.
import { useState } from 'react';
import type { Output } from '../../../../shared/api.ts';
import { useCase } from '../../store/case.ts';
import { PathList } from './PathList.tsx';
import { PathPicker } from './PathPicker.tsx';
import { slug } from './slug.ts';
import { ZoneOptions } from './ZoneOptions.tsx';

export function NewCase({ app }: { app: Output<'app.info'> }) {
  const { create, busy } = useCase();
  const [name, setName] = useState('');
  const [typed, setTyped] = useState<string | null>(null);
  const [paths, setPaths] = useState<string[]>([]);
  const [zones, setZones] = useState<Record<string, string>>({});
  const [picking, setPicking] = useState<'evidence' | 'folder' | null>(null);
  const proposed = [app.home, 'Tidemark', slug(name)].join(app.separator);
  const dir = typed ?? proposed;
  return (
    <section className="card">
      <h2>New case</h2>
      <form
        className="start-form"
        onSubmit={(e) => {
          e.preventDefault();
          void create(dir, name.trim(), paths, zones);
        }}
      >
        <label htmlFor="case-name">Name</label>
        <input
          id="case-name"
          className="field"
          value={name}
          placeholder="for example: Cluster break-in, November"
          onChange={(e) => setName(e.target.value)}
          data-testid="new-case-name"
        />
        <label htmlFor="case-dir">Folder</label>
        <span className="start-row">
          <input
            id="case-dir"
            className="field mono grow"
            value={dir}
            onChange={(e) => setTyped(e.target.value)}
            data-testid="new-case-dir"
          />
          <button type="button" className="button" onClick={() => setPicking('folder')}>
            Choose …
          </button>
        </span>
        <span>Evidence</span>
        <div className="column start-evidence">
          <PathList paths={paths} onChange={setPaths} />
          <span>
            <button
              type="button"
              className="button"
              onClick={() => setPicking('evidence')}
              data-testid="new-case-add"
            >
              Add bundles …
            </button>{' '}
            <span className="dim">
              folders or archives: .tar, .tar.gz, .bz2, .xz, .zst, .zip; nested ones too
            </span>
          </span>
        </div>
        <span>Time zones</span>
        <ZoneOptions zones={zones} onChange={setZones} />
        <span />
        <span>
          <button
            type="submit"
            className="button main big"
            disabled={busy !== null || dir.trim() === ''}
            data-testid="new-case-create"
          >
            {paths.length > 0 ? 'Create the case and read the evidence' : 'Create an empty case'}
          </button>
        </span>
      </form>
      <PathPicker
        title="Add bundles"
        wants="evidence"
        open={picking === 'evidence'}
        start={app.home}
        onOpen={(o) => setPicking(o ? 'evidence' : null)}
        onChoose={(more) => setPaths([...new Set([...paths, ...more])])}
      />
      <PathPicker
        title="Folder for the case"
        wants="folder"
        open={picking === 'folder'}
        start={app.home}
        onOpen={(o) => setPicking(o ? 'folder' : null)}
        onChoose={(chosen) =>
          chosen[0] && setTyped([chosen[0].replace(/[\\/]$/, ''), slug(name)].join(app.separator))
        }
      />
    </section>
  );
}
