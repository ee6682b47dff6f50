// The commands that are about proof: custody, verify, keys, signatures. What their words mean; see command-line.ts.
type Option = { type: 'string' | 'boolean'; short?: string; multiple?: boolean };

export type ProofCommand =
  | { name: 'custody'; verb: 'verify' | 'list'; dir: string; json: boolean }
  | { name: 'verify'; dir: string; bundles: string[]; json: boolean }
  | { name: 'key'; verb: 'list'; json: boolean }
  | { name: 'key'; verb: 'make'; keyName: string; passphraseFile: string | null; json: boolean }
  | {
      name: 'key';
      verb: 'import';
      file: string;
      keyName: string;
      passphraseFile: string | null;
      json: boolean;
    }
  | { name: 'key'; verb: 'show'; key: string; json: boolean }
  | { name: 'sign'; dir: string; key: string; passphraseFile: string | null; json: boolean }
  | { name: 'sign-report'; file: string; key: string; passphraseFile: string | null; json: boolean }
  | { name: 'verify-report'; file: string; publicKey: string | null; json: boolean };

const JSON_OPTION: Option = { type: 'boolean' };
const TEXT: Option = { type: 'string' };
const KEY_HELP = '--key ID               a key by its name or fingerprint (tidemark key list)';
const PASSPHRASE_HELP =
  '--passphrase-file FILE  the passphrase of the key: the first line of this file; never kept';

export const PROOF_DESCRIBED: Record<
  ProofCommand['name'],
  { usage: string; about: string; options: Record<string, Option>; details: string[] }
> = {
  verify: {
    usage: 'tidemark verify DIR [--bundles PATH...] [--json]',
    about:
      'Hashes bundles and stored evidence again, and checks database, custody log and signatures: says what changed.',
    options: { bundles: { type: 'string', multiple: true }, json: JSON_OPTION },
    details: [
      'Exit code 0: all is as it was; 1: something changed, each named.',
      '--bundles PATH  bundles, or a folder of them, that the case names and you never named to this Tidemark; may be given again',
      '--json  one JSON object: ok, bundles, members, database, custody, signatures, problems, unchecked',
    ],
  },
  custody: {
    usage: 'tidemark custody verify DIR [--json]\n       tidemark custody list DIR [--json]',
    about: 'Checks the custody log of the case in DIR, or lists every act in it.',
    options: { json: JSON_OPTION },
    details: [
      'verify  each line, the chain, the order, the copy in the database, signatures; exit code 1 when something changed',
      '--json  verify: one JSON object; list: an array of entries',
    ],
  },
  key: {
    usage:
      'tidemark key make --name NAME [--passphrase-file FILE]\n       tidemark key import FILE --name NAME [--passphrase-file FILE]\n       tidemark key list [--json]\n       tidemark key show ID',
    about: 'Makes, brings and shows the Ed25519 keys that manifests and reports are signed with.',
    options: { name: TEXT, 'passphrase-file': TEXT, json: JSON_OPTION },
    details: [
      'import  a private key in PEM (PKCS#8), or of ssh-keygen without a passphrase',
      'show    prints the public key: what a recipient needs for verify-report',
      PASSPHRASE_HELP,
    ],
  },
  sign: {
    usage: 'tidemark sign DIR --key ID [--passphrase-file FILE] [--json]',
    about: 'Signs the manifest of the case in DIR; with another key: the second person’s signature.',
    options: { key: TEXT, 'passphrase-file': TEXT, json: JSON_OPTION },
    details: [KEY_HELP, PASSPHRASE_HELP],
  },
  'sign-report': {
    usage: 'tidemark sign-report FILE --key ID [--passphrase-file FILE] [--json]',
    about: 'Adds a signature to a report.',
    options: { key: TEXT, 'passphrase-file': TEXT, json: JSON_OPTION },
    details: [KEY_HELP, PASSPHRASE_HELP],
  },
  'verify-report': {
    usage: 'tidemark verify-report FILE [--key PUBLIC.pem] [--json]',
    about: 'Says who signed a report and whether a byte of it changed; needs no case.',
    options: { key: TEXT, json: JSON_OPTION },
    details: [
      '--key PUBLIC.pem  the public key of the signer, had from the signer: without it only the fit of bytes and key is proved',
      'Exit code 0: signed and unchanged (and by this key); 1: not so, with what is wrong.',
    ],
  },
};

export interface Words {
  positionals: readonly string[];
  text(name: string): string | null;
  list(name: string): string[];
  flag(name: string): boolean;
  wrong(sentence: string): Error;
}

/** The command, or null when `first` is none of these. */
export function readProofCommand(first: string, words: Words): ProofCommand | null {
  const { positionals, text, flag, wrong } = words;
  const json = flag('json');
  const only = (count: number) => {
    const extra = positionals[count];
    if (extra !== undefined) throw wrong(`"${extra}" is one word too many.`);
  };
  const one = (at: number, what: string) => {
    only(at + 1);
    const word = positionals[at];
    if (!word) throw wrong(`Name ${what}.`);
    return word;
  };
  const passphraseFile = text('passphrase-file');
  const key = () => {
    const id = text('key');
    if (!id) throw wrong('Name the key with --key.');
    return id;
  };
  switch (first) {
    case 'verify':
      return {
        name: 'verify',
        dir: one(0, 'the folder of the case'),
        bundles: words.list('bundles'),
        json,
      };
    case 'custody': {
      const verb = positionals[0];
      if (verb !== 'verify' && verb !== 'list')
        throw wrong('Say what to do with the custody log: verify or list.');
      return { name: 'custody', verb, dir: one(1, 'the folder of the case'), json };
    }
    case 'key':
      return readKeyCommand(words, one, only, passphraseFile);
    case 'sign':
      return { name: 'sign', dir: one(0, 'the folder of the case'), key: key(), passphraseFile, json };
    case 'sign-report':
      return { name: 'sign-report', file: one(0, 'the report'), key: key(), passphraseFile, json };
    case 'verify-report':
      return { name: 'verify-report', file: one(0, 'the report'), publicKey: text('key'), json };
    default:
      return null;
  }
}

function readKeyCommand(
  { positionals, text, flag, wrong }: Words,
  one: (at: number, what: string) => string,
  only: (count: number) => void,
  passphraseFile: string | null,
): ProofCommand {
  const json = flag('json');
  const keyName = () => {
    const name = text('name');
    if (!name) throw wrong('Name the key with --name.');
    return name;
  };
  switch (positionals[0]) {
    case 'list':
      only(1);
      return { name: 'key', verb: 'list', json };
    case 'make':
      only(1);
      return { name: 'key', verb: 'make', keyName: keyName(), passphraseFile, json };
    case 'import':
      return {
        name: 'key',
        verb: 'import',
        file: one(1, 'the file of the key'),
        keyName: keyName(),
        passphraseFile,
        json,
      };
    case 'show':
      return { name: 'key', verb: 'show', key: one(1, 'the key'), json };
    default:
      throw wrong('Say what to do with keys: make, import, list or show.');
  }
}
