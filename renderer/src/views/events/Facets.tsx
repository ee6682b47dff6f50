// Counts of the most frequent values of each field; a click narrows the lens.
import { useEffect } from 'react';
import { count } from '../../format/numbers.ts';
import { fieldWord } from '../../format/words.ts';
import { useCase } from '../../store/case.ts';
import { useFacets } from '../../store/facets.ts';
import { useLens } from '../../store/lens.ts';
import { FacetValue } from './FacetValue.tsx';

export function Facets() {
  const lens = useLens((s) => s.lens);
  const revision = useCase((s) => s.revision);
  const { facets, wide, load, widen, error } = useFacets();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(lens), [lens, revision, load]);
  if (error) return <p className="bad">{error}</p>;
  return (
    <>
      <p className="dim facet-note">Counts in the lens. Click: only these. Alt+click or −: all but these.</p>
      {facets.map((facet) => {
        // Values chosen in the lens stay in sight even when they are not among the most frequent.
        const chosen = lens.terms
          .filter((t) => t.field === facet.field)
          .flatMap((t) => t.values)
          .filter((value) => !facet.values.some((v) => v.value === value));
        const most = Math.max(1, ...facet.values.map((v) => v.events));
        if (facet.values.length + chosen.length === 0) return null;
        if (facet.values.length === 1 && facet.values[0]!.value === null && chosen.length === 0) return null;
        return (
          <section key={facet.field} className="facet" data-testid={`facet-${facet.field}`}>
            <h3>{fieldWord(facet.field)}</h3>
            <ul>
              {facet.values.map(({ value, events }) => (
                <FacetValue
                  key={String(value)}
                  field={facet.field}
                  value={value}
                  events={events}
                  most={most}
                />
              ))}
              {chosen.map((value) => (
                <FacetValue
                  key={`chosen ${value}`}
                  field={facet.field}
                  value={value}
                  events={null}
                  most={most}
                />
              ))}
            </ul>
            {(facet.more > 0 || wide.has(facet.field)) && (
              <button type="button" className="link facet-more" onClick={() => widen(facet.field)}>
                {wide.has(facet.field) ? 'fewer' : `${count(facet.more)} more`}
              </button>
            )}
          </section>
        );
      })}
    </>
  );
}
