// Templates: the messages of the lens by their words, rare ones first, so that the unusual stands out.
import { useEffect, useState } from 'react';
import type { TemplateOrder } from '../../../../shared/api.ts';
import { count, plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { isEmpty } from '../../lens/operations.ts';
import { Choices } from '../../parts/Choices.tsx';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { LogLevel, SystemMark } from '../../parts/Marks.tsx';
import { useKeys } from '../../shell/useKeys.ts';
import { useCase } from '../../store/case.ts';
import { useLens } from '../../store/lens.ts';
import { useRoute } from '../../store/route.ts';
import { useTemplates } from '../../store/templates.ts';
import { TemplateText } from './TemplateText.tsx';

const ORDERS: readonly (readonly [TemplateOrder, string])[] = [
  ['rare', 'Rare first'],
  ['frequent', 'Frequent'],
  ['newest', 'Newest'],
  ['last', 'Last seen'],
  ['level', 'Level'],
];

export function TemplatesView() {
  const { rows, total, once, loaded, loading, error, order, text, onlyNew } = useTemplates();
  const { load, more, sort, setText, setOnlyNew } = useTemplates.getState();
  const lens = useLens((s) => s.lens);
  const include = useLens((s) => s.include);
  const revision = useCase((s) => s.revision);
  const [at, setAt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(lens), [load, lens, revision]);
  const show = (id: string) => {
    include('template', id);
    useRoute.getState().go('events');
  };
  const step = (by: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, at + by));
    setAt(next);
    document.querySelector(`[data-template-row="${next}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useKeys('Templates', [
    { key: 'j', word: 'Next template', run: () => step(1) },
    { key: 'k', word: 'Previous template', run: () => step(-1) },
    { key: 'Enter', word: 'Show its events', run: () => rows[at] && show(rows[at].templateId) },
  ]);
  const narrowed = !isEmpty(lens);
  return (
    <div className="view">
      <div className="bar">
        <h1>Templates</h1>
        <span className="soft" data-testid="templates-total">
          {plural(total, 'template')} in the {narrowed ? 'lens' : 'case'}, {count(once)} with a single event
        </span>
        <span className="grow" />
        <label className="mark" title="Templates of which nothing was seen before the time range of the lens">
          <input
            type="checkbox"
            checked={onlyNew}
            disabled={lens.from === undefined}
            onChange={(e) => setOnlyNew(e.target.checked)}
            data-testid="templates-new"
          />
          new in the lens
        </label>
        <input
          className="field"
          placeholder="Filter: words, component"
          aria-label="Filter the templates"
          size={26}
          value={text}
          onChange={(e) => setText(e.target.value)}
          data-testid="templates-filter"
        />
        <Choices label="Order" value={order} options={ORDERS} onChange={sort} testid="templates-order" />
      </div>
      <ErrorLine sentence={error} />
      {!loaded && <p className="details-block dim">Counting templates …</p>}
      {loaded && rows.length === 0 && !error && (
        <Empty title={narrowed || text ? 'No template here' : 'No templates yet'}>
          <p>
            {narrowed || text
              ? 'No message in the lens has a template that fits. Widen the lens or clear the filter.'
              : 'Once a bundle has been read, its messages are listed here by the words they share, the rare ones first.'}
          </p>
        </Empty>
      )}
      {rows.length > 0 && (
        <div className="scroll grow" aria-busy={loading}>
          <table className="table templates-table" data-testid="template-table">
            <thead>
              <tr>
                <th className="num">events</th>
                <th>level</th>
                <th>system, component</th>
                <th>template (∗ varies)</th>
                <th>nodes</th>
                <th>first and last in the case (UTC)</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, i) => (
                <tr
                  key={row.templateId}
                  data-testid="template-row"
                  data-template-row={i}
                  aria-current={i === at}
                  className={i === at ? 'template-at' : undefined}
                >
                  <td className="num nowrap">
                    <button
                      type="button"
                      className="link"
                      onFocus={() => setAt(i)}
                      onClick={() => show(row.templateId)}
                      title="Show these events"
                    >
                      {count(row.events)}
                    </button>
                    {row.all !== row.events && <div className="dim">of {count(row.all)}</div>}
                  </td>
                  <td className="nowrap">
                    <LogLevel level={row.level} />
                  </td>
                  <td className="nowrap">
                    <SystemMark system={row.system} />
                    <div className="dim">{row.component ?? '–'}</div>
                  </td>
                  <td className="template-cell">
                    <TemplateText text={row.template} />
                  </td>
                  <td className="soft nowrap" title={row.nodes.join('\n')}>
                    {row.nodes.length === 1 ? row.nodes[0] : plural(row.nodes.length, 'node')}
                  </td>
                  <td className="mono nowrap">
                    {dateTime(row.firstTs, 's')}
                    <br />
                    <span className="dim">{dateTime(row.lastTs, 's')}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length < total && (
            <p className="templates-more">
              First {count(rows.length)} of {count(total)}.{' '}
              <button type="button" className="button" onClick={more} disabled={loading}>
                Show more
              </button>
            </p>
          )}
        </div>
      )}
    </div>
  );
}
