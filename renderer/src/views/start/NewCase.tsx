// Makes a case: its name and folder, the bundles to read, the zones to assume.
import { useEffect, useState } from 'react';
import type { Output } from '../../../../shared/api.ts';
import { useCase } from '../../store/case.ts';
import { useIntake } from '../../store/intake.ts';
import { EMPTY_FORM, IntakeFields, intakeOf, isFormSound } from '../intake/IntakeForm.tsx';
import { PathPicker } from './PathPicker.tsx';
import { slug } from './slug.ts';

export function NewCase({ app }: { app: Output<'app.info'> }) {
  const { create, busy } = useCase();
  const [name, setName] = useState('');
  const [typed, setTyped] = useState<string | null>(null);
  const paths = useIntake((s) => s.paths);
  const [form, setForm] = useState(EMPTY_FORM);
  const [picking, setPicking] = useState(false);
  useEffect(() => () => useIntake.getState().clear(), []);
  const proposed = [app.home, 'Tidemark', slug(name)].join(app.separator);
  const dir = typed ?? proposed;
  return (
    <section className="card">
      <h2>New case</h2>
      <form
        className="start-form"
        onSubmit={(e) => {
          e.preventDefault();
          if (busy !== null || dir.trim() === '' || !isFormSound(form)) return;
          void create(dir, name.trim(), intakeOf(form));
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
          <button type="button" className="button" onClick={() => setPicking(true)}>
            Choose …
          </button>
        </span>
        <IntakeFields form={form} onForm={setForm} />
        <span />
        <span>
          <button
            type="submit"
            className="button main big"
            disabled={busy !== null || dir.trim() === '' || !isFormSound(form)}
            data-start
            data-testid="new-case-create"
          >
            {paths.length > 0 ? 'Create the case and read the evidence' : 'Create an empty case'}
          </button>
        </span>
      </form>
      <PathPicker
        title="Folder for the case"
        wants="folder"
        open={picking}
        start={app.home}
        onOpen={setPicking}
        onChoose={(chosen) =>
          chosen[0] && setTyped([chosen[0].replace(/[\\/]$/, ''), slug(name)].join(app.separator))
        }
      />
    </section>
  );
}
