// Counts of the most frequent values of each field within the lens.
import { create } from 'zustand';
import type { Lens, Output } from '../../../shared/api.ts';
import type { LensField } from '../../../shared/model.ts';
import { api } from '../backend.ts';
import { newest } from './newest.ts';

export const FACET_FIELDS: LensField[] = [
  'node',
  'system',
  'component',
  'level',
  'category',
  'action',
  'outcome',
  'src_ip',
  'user_name',
  'http_status',
];
const FEW = 8;
const MANY = 200;

interface FacetsState {
  facets: Output<'events.facets'>['facets'];
  wide: ReadonlySet<LensField>;
  loading: boolean;
  error: string | null;
  load(lens: Lens): void;
  /** Shows up to 200 values of a field, or few again. */
  widen(field: LensField): void;
}

export const useFacets = create<FacetsState>((set, get) => {
  let shown: Lens = { terms: [] };
  const ask = newest({
    run: async (lens: Lens) => {
      const wide = [...get().wide];
      const [few, many] = await Promise.all([
        api['events.facets']({ lens, fields: FACET_FIELDS, limit: FEW }),
        wide.length > 0 ? api['events.facets']({ lens, fields: wide, limit: MANY }) : { facets: [] },
      ]);
      return few.facets.map((facet) => many.facets.find((w) => w.field === facet.field) ?? facet);
    },
    took: (facets) => set({ facets, loading: false, error: null }),
    failed: (error) => set({ error, loading: false }),
  });
  return {
    facets: [],
    wide: new Set(),
    loading: false,
    error: null,
    load(lens) {
      shown = lens;
      set({ loading: true });
      ask(lens);
    },
    widen(field) {
      const wide = new Set(get().wide);
      if (!wide.delete(field)) wide.add(field);
      set({ wide });
      ask(shown);
    },
  };
});
