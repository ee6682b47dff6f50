// What the events of a case come from, one entry per combination that occurs.
import type { Connection } from '../case/database.ts';
import type { CaseSources } from './sigma/logsource.ts';

export const caseSources = (connection: Connection): Promise<CaseSources> =>
  connection.rows<CaseSources[number]>(
    'SELECT DISTINCT system, component, category, http_method IS NOT NULL AS http FROM events',
  );
