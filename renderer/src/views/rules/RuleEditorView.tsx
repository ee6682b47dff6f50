// Writing a rule: the text at the left, at the right what it finds in the case while it is typed.
import { AlertDialog } from 'radix-ui';
import { lazy, Suspense, useCallback, useEffect, useRef } from 'react';
import { inBrowser } from '../../backend.ts';
import { plural } from '../../format/numbers.ts';
import { ErrorLine } from '../../parts/Empty.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Splitter } from '../../parts/Splitter.tsx';
import { useKept } from '../../parts/useKept.ts';
import { useKeys } from '../../shell/useKeys.ts';
import { useCase } from '../../store/case.ts';
import { isDirty, useRuleEditor } from '../../store/rule-editor.ts';
import { useRules } from '../../store/rules.ts';
import { TryResult } from './TryResult.tsx';

const RuleEditor = lazy(() => import('./RuleEditor.tsx'));

export function RuleEditorView() {
  const error = useRuleEditor((s) => s.error);
  const dirty = useRuleEditor((s) => isDirty(s.draft));
  const [width, setWidth] = useKept('rules.result', 520);
  const showLine = useRef<(line: number) => void>(() => {});
  const ready = useCallback((show: (line: number) => void) => {
    showLine.current = show;
  }, []);
  const onLine = useCallback((line: number) => showLine.current(line), []);
  useEffect(() => {
    if (!dirty || !inBrowser) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [dirty]);
  useKeys('Rule editor', [
    {
      key: 'Ctrl+s',
      word: 'Save in the case',
      always: true,
      run: () => void useRuleEditor.getState().save(),
    },
    { key: 'Ctrl+Enter', word: 'Run on the case', always: true, run: () => useRuleEditor.getState().run() },
    {
      key: 'Escape',
      word: 'Back to the list (the draft stays)',
      run: () => useRuleEditor.getState().show(false),
    },
  ]);
  return (
    <div className="view" data-testid="rule-editor-view">
      <Bar />
      <ErrorLine sentence={error} />
      <div className="split">
        <div className="column grow">
          <div className="rule-editor-box">
            <Suspense fallback={<p className="dim details-block">Loading the editor …</p>}>
              <RuleEditor onReady={ready} />
            </Suspense>
          </div>
          <Problems onLine={onLine} />
        </div>
        <Splitter label="Width of the result" size={width} after least={320} most={1000} onSize={setWidth} />
        <div className="column rules-beside" style={{ width }}>
          <TryResult onLine={onLine} />
        </div>
      </div>
      <Leaving />
    </div>
  );
}

function Bar() {
  const { draft, live, busy, trying, checked } = useRuleEditor();
  const { setPath, setLive, run, save, remove, show, close } = useRuleEditor.getState();
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const taken = useRules((s) => s.rules.some((r) => r.editable && r.path === draft?.path));
  if (!draft) return null;
  const dirty = isDirty(draft);
  const overwrites = draft.saved === null && taken;
  return (
    <div className="bar">
      <button
        type="button"
        className="button"
        onClick={() => show(false)}
        title="Back to the list; the draft stays (Esc outside the editor)"
        data-testid="editor-back"
      >
        <Icon name="back" size={12} /> Rules
      </button>
      <h1>{draft.saved === null ? 'New rule' : 'Edit a rule'}</h1>
      <span className="dim">rules /</span>
      <input
        className="field mono rule-path"
        aria-label="File in the case's folder of rules"
        value={draft.path}
        onChange={(e) => setPath(e.target.value)}
        data-testid="editor-path"
      />
      <span className={dirty ? 'tag' : 'tag dim'} data-testid="editor-state">
        {dirty ? '● unsaved' : '✓ saved in the case'}
      </span>
      <span className="grow" />
      <label className="mark" title="Run the text on the case a moment after each change">
        <input
          type="checkbox"
          checked={live}
          onChange={(e) => setLive(e.target.checked)}
          data-testid="editor-live"
        />
        run while typing
      </label>
      <button type="button" className="button" onClick={run} title="Run on the case (Ctrl+Enter)">
        <Icon name="play" size={12} /> {trying ? 'Run anew' : 'Run'}
      </button>
      {draft.saved !== null && (
        <button
          type="button"
          className="button"
          disabled={busy || readOnly}
          onClick={() => void remove(draft.path)}
          data-testid="editor-remove"
        >
          Remove
        </button>
      )}
      <button
        type="button"
        className="button main"
        disabled={busy || readOnly || !dirty || draft.path.trim() === ''}
        onClick={() => void save()}
        title={
          checked && !checked.ok
            ? 'As it stands the text is refused; it is kept and shown as refused (Ctrl+S)'
            : 'Save in the case (Ctrl+S)'
        }
        data-testid="editor-save"
      >
        {overwrites ? 'Overwrite' : 'Save'}
      </button>
      <button type="button" className="button" onClick={close} data-testid="editor-close">
        Close
      </button>
    </div>
  );
}

function Problems({ onLine }: { onLine(line: number): void }) {
  const checked = useRuleEditor((s) => s.checked);
  if (!checked) return <p className="rule-problems dim">Checking …</p>;
  const all = [
    ...checked.problems.map((p) => ({ ...p, bad: true })),
    ...checked.warnings.map((p) => ({ ...p, bad: false })),
  ];
  return (
    <div className="rule-problems scroll" role="status" data-testid="rule-problems">
      {checked.problems.length === 0 && (
        <p>
          <span className="good">✓ Accepted</span>
          {checked.rules.length > 0 && (
            <span className="soft">
              {': '}
              {checked.rules
                .map((r) => `${r.title || 'without a title'} (${r.type.replaceAll('_', ' ')}, ${r.level})`)
                .join('; ')}
            </span>
          )}
        </p>
      )}
      {all.map((p) => (
        <p key={`${p.line} ${p.column} ${p.message}`} className="wrap">
          <span className={p.bad ? 'bad' : 'soft'}>{p.bad ? '▲ ' : '◐ '}</span>
          {p.line !== null && (
            <button type="button" className="link" onClick={() => p.line !== null && onLine(p.line)}>
              line {p.line}
              {p.column !== null && `, column ${p.column}`}
            </button>
          )}
          {p.line !== null && ': '}
          {p.message}
        </p>
      ))}
      {checked.problems.length > 0 && (
        <p className="dim">{plural(checked.problems.length, 'reason')} why it would be refused.</p>
      )}
    </div>
  );
}

function Leaving() {
  const leaving = useRuleEditor((s) => s.leaving);
  const path = useRuleEditor((s) => s.draft?.path);
  const answer = useRuleEditor((s) => s.answer);
  return (
    <AlertDialog.Root open={leaving !== null} onOpenChange={(open) => !open && void answer('stay')}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="overlay" />
        <AlertDialog.Content className="dialog narrow" data-testid="editor-leaving">
          <header>
            <AlertDialog.Title asChild>
              <h1 className="grow">Unsaved changes</h1>
            </AlertDialog.Title>
          </header>
          <AlertDialog.Description className="dialog-body">
            The text of <span className="mono">{path}</span> is not saved in the case.
          </AlertDialog.Description>
          <footer>
            <AlertDialog.Cancel className="button" data-testid="leaving-stay">
              Keep editing
            </AlertDialog.Cancel>
            <button
              type="button"
              className="button"
              onClick={() => void answer('discard')}
              data-testid="leaving-discard"
            >
              Discard the changes
            </button>
            <button type="button" className="button main" onClick={() => void answer('save')}>
              Save
            </button>
          </footer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
