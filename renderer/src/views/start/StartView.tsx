// The first screen: open the sample, make a case, open one that exists.
import { useState } from 'react';
import { dateTime } from '../../format/time.ts';
import { ErrorLine } from '../../parts/Empty.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { JobProgress } from '../../shell/JobProgress.tsx';
import { useCase } from '../../store/case.ts';
import { useDialogs } from '../../store/dialogs.ts';
import { running, useJobs } from '../../store/jobs.ts';
import { useTheme } from '../../store/theme.ts';
import { NewCase } from './NewCase.tsx';
import { PathPicker } from './PathPicker.tsx';
import './start.css';

export function StartView() {
  const { phase, app, recent, busy, error, open, openSample, dismissError } = useCase();
  const theme = useTheme((s) => s.theme);
  const toggle = useTheme((s) => s.toggle);
  const [picking, setPicking] = useState(false);
  const job = useJobs((s) => running(s.jobs));
  return (
    <main className="start scroll" data-testid="start">
      <div className="start-body">
        <header className="start-head">
          <img src="./icon.svg" alt="" width={40} height={40} />
          <div className="grow">
            <h1>Tidemark</h1>
            <p className="soft">
              What happened, on which nodes, in which order, how sure are we, and what was never logged.
            </p>
          </div>
          <button type="button" className="button" onClick={toggle} data-testid="theme-switch">
            <Icon name={theme === 'dark' ? 'sun' : 'moon'} /> {theme === 'dark' ? 'Light' : 'Dark'}
          </button>
        </header>
        <ErrorLine sentence={error} onClose={dismissError} />
        {busy && (
          <p className="start-busy" role="status">
            <span className="spin" aria-hidden="true" /> {busy} …
          </p>
        )}
        {job && (
          <section className="card">
            <JobProgress job={job} />
          </section>
        )}
        {phase === 'connecting' && !busy && <p className="dim">Waiting for the engine …</p>}
        {phase === 'none' && app && (
          <>
            <div className="start-ways">
              <section className="card">
                <h2>Sample incident</h2>
                <p className="soft">
                  Logs of a small cluster with Ray, Celery, Mesos and a registry that was attacked. Made into
                  a case in your home folder, in a few seconds.
                </p>
                <button
                  type="button"
                  className="button main big"
                  disabled={!app.sampleDir || busy !== null}
                  onClick={() => void openSample()}
                  data-testid="open-sample"
                >
                  Open the sample incident
                </button>
                {!app.sampleDir && <p className="dim">This installation has no sample.</p>}
              </section>
              <section className="card">
                <h2>Open a case</h2>
                <p className="soft">A case is a folder that Tidemark made before.</p>
                <button
                  type="button"
                  className="button big"
                  disabled={busy !== null}
                  onClick={() => setPicking(true)}
                  data-testid="open-case"
                >
                  Choose a case folder …
                </button>
                <button
                  type="button"
                  className="link"
                  disabled={busy !== null}
                  onClick={() => useDialogs.getState().show('import case')}
                  data-testid="start-import"
                >
                  Import a case file that somebody sent …
                </button>
                {recent.length > 0 && (
                  <>
                    <h3>Recent</h3>
                    <ul>
                      {recent.slice(0, 8).map((r) => (
                        <li key={r.dir}>
                          <button
                            type="button"
                            className="recent"
                            disabled={busy !== null}
                            onClick={() => void open(r.dir)}
                            title={r.dir}
                            data-testid="recent-case"
                          >
                            <span className="cut">{r.name}</span>
                            <span className="dim mono cut">{r.dir}</span>
                            <span className="dim">{dateTime(r.openedAt, 'min')} UTC</span>
                          </button>
                        </li>
                      ))}
                    </ul>
                  </>
                )}
              </section>
            </div>
            <NewCase app={app} />
          </>
        )}
        <footer className="dim">
          {app && `Version ${app.version}. `}Works offline: Tidemark opens no network connection. Evidence is
          copied into the case and never altered.
        </footer>
      </div>
      <PathPicker
        title="Open a case"
        wants="case"
        open={picking}
        start={app?.home ?? ''}
        onOpen={setPicking}
        onChoose={(paths) => paths[0] && void open(paths[0])}
      />
    </main>
  );
}
