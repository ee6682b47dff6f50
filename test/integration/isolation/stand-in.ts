// A hostile stand-in for the engine: tries every probe and says what came of each. Started by isolation.test.ts with the
// command that starts the engine, but for this file in the engine's place; it has none of the engine's own defences.
import { NEEDED, type Places, PROBES, type Probe } from './probes.ts';

async function outcome(probe: Probe, places: Places): Promise<string> {
  try {
    await probe(places);
    return 'done';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `refused: ${code ?? message.split('\n')[0]}`;
  }
}

process.on('message', async (places: Places) => {
  const found: Record<string, string> = {};
  for (const [name, probe] of Object.entries({ ...PROBES, ...NEEDED }))
    found[name] = await outcome(probe, places);
  process.send!(found, () => process.exit(0));
});
