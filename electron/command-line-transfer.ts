// The commands that carry cases and the responder's own words: what their words mean; see command-line.ts.
import type { Words } from './command-line-proof.ts';

export type TransferCommand =
  | {
      name: 'export-case';
      dir: string;
      file: string;
      only: 'all' | 'tagged';
      sign: { key: string; passphraseFile: string | null } | null;
      json: boolean;
    }
  | { name: 'import-case'; file: string; dir: string; json: boolean }
  | { name: 'merge'; dir: string; file: string; json: boolean }
  | {
      name: 'tag';
      dir: string;
      eventIds: string[];
      tag: string | null;
      comment: string | null;
      json: boolean;
    };

type Option = { type: 'string' | 'boolean' };
const TEXT: Option = { type: 'string' };
const FLAG: Option = { type: 'boolean' };

export const TRANSFER_DESCRIBED: Record<
  TransferCommand['name'],
  { usage: string; about: string; options: Record<string, Option>; details: string[] }
> = {
  'export-case': {
    usage:
      'tidemark export-case DIR FILE.tidemark [--only tagged] [--sign KEY [--passphrase-file FILE]] [--json]',
    about: 'Writes the case in DIR into one file: evidence, ledger, custody, annotations, rules, settings.',
    options: { only: TEXT, sign: TEXT, 'passphrase-file': TEXT, json: FLAG },
    details: [
      '--only tagged  only the bytes of members that hold tagged, commented or confirmed events; the ledger stays whole',
      '--sign KEY     signs the manifest, which goes along, and the file: its signature is in FILE.tidemark.sig',
      '--json         one JSON object: path, bytes, sha256, contents, left_out, problems',
    ],
  },
  'import-case': {
    usage: 'tidemark import-case FILE.tidemark DIR [--json]',
    about: 'Makes a case in the new folder DIR of a received file: its evidence is re-hashed and read anew.',
    options: { json: FLAG },
    details: [
      'Exit code 1: done, and something in the file does not fit; each is said in a sentence.',
      '--json  one JSON object: bundles, members by status, records, annotations, custody, differences',
    ],
  },
  merge: {
    usage: 'tidemark merge DIR FILE.tidemark [--json]',
    about: 'Takes tags, comments, decisions and settings of another responder over into the case in DIR.',
    options: { json: FLAG },
    details: ['--json  one JSON object: added by kind, same, conflicts, withoutEvidence, annotationIds'],
  },
  tag: {
    usage: 'tidemark tag DIR EVENT_ID... [--tag TEXT] [--comment TEXT] [--json]',
    about: 'Puts a tag, a comment or both on events of the case in DIR.',
    options: { tag: TEXT, comment: TEXT, json: FLAG },
    details: [
      'EVENT_ID        column event_id of the view events',
      '--tag TEXT      a short word or line that events are found by',
      '--comment TEXT  what you have to say of them',
      '--json          an array of the annotations',
    ],
  },
};

/** The command, or null when `first` is none of these. */
export function readTransferCommand(first: string, words: Words): TransferCommand | null {
  const { positionals, text, flag, wrong } = words;
  const json = flag('json');
  const two = (a: string, b: string): [string, string] => {
    const [one, other, extra] = positionals;
    if (!one) throw wrong(`Name ${a}.`);
    if (!other) throw wrong(`Name ${b}.`);
    if (extra !== undefined) throw wrong(`"${extra}" is one word too many.`);
    return [one, other];
  };
  switch (first) {
    case 'export-case': {
      const [dir, file] = two('the folder of the case', 'the file to write, e.g. case.tidemark');
      const only = text('only') ?? 'all';
      if (only !== 'all' && only !== 'tagged')
        throw wrong(`"${only}" is nothing that --only knows; use tagged.`);
      const [key, passphraseFile] = [text('sign'), text('passphrase-file')];
      if (passphraseFile && !key) throw wrong('A passphrase is for a key: name the key with --sign.');
      return { name: first, dir, file, only, sign: key ? { key, passphraseFile } : null, json };
    }
    case 'import-case': {
      const [file, dir] = two('the file to import', 'the new folder for the case');
      return { name: first, file, dir, json };
    }
    case 'merge': {
      const [dir, file] = two('the folder of the case', 'the file of the other responder');
      return { name: first, dir, file, json };
    }
    case 'tag':
      return readTag(words);
    default:
      return null;
  }
}

function readTag({ positionals, text, flag, wrong }: Words): TransferCommand {
  const [dir, ...eventIds] = positionals;
  if (!dir) throw wrong('Name the folder of the case.');
  if (eventIds.length === 0) throw wrong('Name at least one event by its event_id.');
  const no = eventIds.find((id) => !/^\d{1,19}$/.test(id));
  if (no !== undefined) throw wrong(`"${no}" is no event_id: that is a whole number.`);
  const [tag, comment] = [text('tag')?.trim() || null, text('comment')?.trim() || null];
  if (tag === null && comment === null) throw wrong('Say what to put on the events with --tag or --comment.');
  return { name: 'tag', dir, eventIds, tag, comment, json: flag('json') };
}
