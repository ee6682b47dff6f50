// The peer of detection: the same rules, each one query of its own over the view `events`, as a converter of rules to SQL
// would have them run. Prints seconds and how many ran; what they match is counted and thrown away.
import { Case } from '../../electron/engine/case/case.ts';
import { builtinRulesDir, loadRules } from '../../electron/engine/detect/load-rules.ts';

const opened = await Case.open(process.argv[2]!);
const rules = await loadRules([builtinRulesDir()]);
const result = await opened.read(async (connection) => {
  const sources = await connection.rows<{
    system: string | null;
    component: string | null;
    category: string | null;
    http: boolean;
  }>('SELECT DISTINCT system, component, category, http_method IS NOT NULL AS http FROM events');
  const run = rules.filter((r) => r.reported && r.query && r.native === null && r.applies(sources));
  const began = performance.now();
  for (const { query } of run)
    await connection.row(`SELECT count(*) AS n FROM (${query!.sql})`, query!.values);
  return { seconds: (performance.now() - began) / 1000, rules: run.length };
});
await opened.close();
console.log(JSON.stringify(result));
