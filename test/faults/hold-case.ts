// A process that opens the case of its first argument when a line arrives, says how that went, and holds it until its input
// ends: `node test/faults/hold-case.ts DIR`. Lines out: `ready`, then JSON `{ ok, code, message, notices }`.
import { createInterface } from 'node:readline';
import { Case } from '../../electron/engine/case/case.ts';
import { CaseError } from '../../electron/engine/case/errors.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
say('ready');
await lines.next();
const opened = await Case.open(process.argv[2]!, { actor: 'night@desk', shell: 'a test' }).catch(
  (error: unknown) => {
    const code = error instanceof CaseError ? error.code : 'fault';
    say(JSON.stringify({ ok: false, code, message: String((error as Error).message), notices: [] }));
    return null;
  },
);
if (opened) {
  say(JSON.stringify({ ok: true, code: null, message: '', notices: opened.notices }));
  await lines.next();
  await opened.close();
}
process.exit(0);
