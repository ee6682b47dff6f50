// SQL over the case: schema, editor, result, history.
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { Choices } from '../../parts/Choices.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Splitter } from '../../parts/Splitter.tsx';
import { useKept } from '../../parts/useKept.ts';
import { useCase } from '../../store/case.ts';
import { useSql } from '../../store/sql.ts';
import { ResultBar } from './ResultBar.tsx';
import { ResultGrid } from './ResultGrid.tsx';
import { SchemaTree } from './SchemaTree.tsx';
import './sql.css';
import { SqlHistory } from './SqlHistory.tsx';

const SqlEditor = lazy(() => import('./SqlEditor.tsx'));

export function SqlView() {
  const { running, cancel, loadCatalog } = useSql();
  const dir = useCase((s) => s.info?.dir);
  const [side, setSide] = useState<'schema' | 'history'>('schema');
  const [width, setWidth] = useKept('sql.side', 248);
  const [height, setHeight] = useKept('sql.editor', 260);
  const runHere = useRef<() => void>(() => {});
  const insert = useRef<(text: string) => void>(() => {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: another case has its own catalog
  useEffect(() => loadCatalog(), [loadCatalog, dir]);
  const ready = useCallback((run: () => void, put: (text: string) => void) => {
    runHere.current = run;
    insert.current = put;
  }, []);
  return (
    <div className="view">
      <div className="bar">
        <h1>SQL</h1>
        <span className="dim">read only, on the whole case</span>
        <span className="grow" />
        {running ? (
          <button type="button" className="button" onClick={() => void cancel()} data-testid="sql-cancel">
            <Icon name="stop" size={12} /> Cancel
          </button>
        ) : (
          <button
            type="button"
            className="button main"
            onClick={() => runHere.current()}
            data-testid="sql-run"
            title="Run the statement under the cursor (Ctrl+Enter)"
          >
            <Icon name="play" size={12} /> Run
          </button>
        )}
      </div>
      <div className="split">
        <div className="column sql-side" style={{ width }}>
          <div className="bar">
            <Choices<'schema' | 'history'>
              label="Side panel"
              value={side}
              options={[
                ['schema', 'Schema'],
                ['history', 'History'],
              ]}
              onChange={setSide}
            />
          </div>
          <div className="scroll grow">
            {side === 'schema' ? <SchemaTree onInsert={(text) => insert.current(text)} /> : <SqlHistory />}
          </div>
        </div>
        <Splitter label="Width of the schema" size={width} least={160} most={520} onSize={setWidth} />
        <div className="column grow">
          <div style={{ height, flex: 'none', position: 'relative' }}>
            <Suspense fallback={<p className="dim sql-loading">Loading the editor …</p>}>
              <SqlEditor onReady={ready} />
            </Suspense>
          </div>
          <Splitter
            label="Height of the editor"
            size={height}
            across
            least={80}
            most={700}
            onSize={setHeight}
          />
          <ResultBar />
          <ResultGrid />
        </div>
      </div>
    </div>
  );
}
