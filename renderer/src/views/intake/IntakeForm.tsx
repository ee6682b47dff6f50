// What is asked before bundles are read, the same for a new case and for more bundles: which, with which passwords, zones
// and limits; and whether the disk has room.
import { useEffect, useState } from 'react';
import { ErrorLine } from '../../parts/Empty.tsx';
import { type Intake, useCase } from '../../store/case.ts';
import { useIntake } from '../../store/intake.ts';
import { PathPicker } from '../start/PathPicker.tsx';
import { ZoneOptions } from '../start/ZoneOptions.tsx';
import { BundleList } from './BundleList.tsx';
import './intake.css';
import { LimitFields } from './LimitFields.tsx';
import { badLimits, changedLimits, type LimitName } from './limits.ts';
import { room } from './words.ts';

/** What the form holds: passwords live only here, in memory, until reading starts or the form is left. */
export interface IntakeForm {
  passwords: Record<string, string>;
  zones: Record<string, string>;
  limits: Partial<Record<LimitName, string>>;
}

export const EMPTY_FORM: IntakeForm = { passwords: {}, zones: {}, limits: {} };

/** What `ingest.start` is given; empty passwords are none. */
export function intakeOf(form: IntakeForm): Intake {
  const { paths, defaults } = useIntake.getState();
  return {
    paths,
    zones: form.zones,
    limits: changedLimits(form.limits, defaults ?? {}),
    passwords: Object.fromEntries(
      Object.entries(form.passwords).filter(
        ([path, word]) => word !== '' && (path === '*' || paths.includes(path)),
      ),
    ),
  };
}

export const isFormSound = (form: IntakeForm): boolean => badLimits(form.limits).length === 0;

interface Props {
  form: IntakeForm;
  onForm(form: IntakeForm): void;
}

export function IntakeFields({ form, onForm }: Props) {
  const { paths, looking, error, disk, add } = useIntake();
  const app = useCase((s) => s.app);
  const [picking, setPicking] = useState(false);
  useEffect(() => useIntake.getState().loadDefaults(), []);
  const space = disk && paths.length > 0 ? room(disk.freeBytes, disk.neededBytes) : null;
  return (
    <>
      <span>Evidence</span>
      <div className="column start-evidence">
        <BundleList
          passwords={form.passwords}
          onPassword={(path, word) => onForm({ ...form, passwords: { ...form.passwords, [path]: word } })}
        />
        <span className="start-row">
          <button
            type="button"
            className="button"
            onClick={() => setPicking(true)}
            data-first
            data-testid="intake-choose"
          >
            {paths.length > 0 ? 'Add more …' : 'Choose folders or archives …'}
          </button>
          {paths.length === 0 && (
            <span className="dim">.tar, .gz, .bz2, .xz, .zst, .zip, folders; nested ones too</span>
          )}
          {looking && (
            <span className="start-busy soft" role="status" data-testid="intake-looking">
              <span className="spin" aria-hidden="true" /> Looking into{' '}
              {paths.length === 1 ? 'it' : `the ${paths.length} bundles`} …
            </span>
          )}
          {!looking && space && (
            <span
              className={space.state === 'enough' ? 'soft' : 'bad intake-wrap'}
              role="status"
              data-testid="intake-room"
            >
              {space.state !== 'enough' && <span aria-hidden="true">▲ </span>}
              {space.sentence}
            </span>
          )}
        </span>
        <ErrorLine sentence={error && `What is in them could not be looked at: ${error}`} />
      </div>
      <label htmlFor="intake-password">Password</label>
      <span className="start-row">
        <input
          id="intake-password"
          className="field"
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={form.passwords['*'] ?? ''}
          onChange={(e) => onForm({ ...form, passwords: { ...form.passwords, '*': e.target.value } })}
          data-testid="intake-password-all"
        />
        <span className="dim">tried on every encrypted member; never written down</span>
      </span>
      <span>Time zones</span>
      <ZoneOptions zones={form.zones} onChange={(zones) => onForm({ ...form, zones })} />
      <span>Limits</span>
      <LimitFields typed={form.limits} onChange={(limits) => onForm({ ...form, limits })} />
      <PathPicker
        title="Add bundles"
        focusAfter="[data-start]"
        wants="evidence"
        open={picking}
        start={app?.home ?? ''}
        onOpen={setPicking}
        onChoose={add}
      />
    </>
  );
}
