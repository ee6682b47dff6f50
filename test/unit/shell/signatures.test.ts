// Keys and signatures of reports: a fixed vector, what each change to a signed report shows, and the same check by openssl.
import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checkSignature,
  fingerprintOf,
  readBlock,
  signedBytes,
  writeBlock,
} from '../../../electron/engine/case/signature.ts';
import { KeyRing } from '../../../electron/host/keys.ts';
import { checkReport } from '../../../electron/host/report-check.ts';
import { signReport } from '../../../electron/host/sign.ts';

let dir: string;
let keys: KeyRing;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-sign-'));
  keys = new KeyRing(join(dir, 'state'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const at = (name: string) => join(dir, name);
const has = (program: string) =>
  spawnSync(program, [program === 'openssl' ? 'version' : '-V']).error === undefined;

/** Ed25519 key of RFC 8032, section 7.1, test 1, as PKCS#8 (RFC 8410). */
const RFC_KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
`;

describe('the form of a signature', () => {
  test('is fixed: the key of RFC 8032 signs these bytes so', async () => {
    writeFileSync(at('rfc.pem'), RFC_KEY);
    const key = await keys.import(at('rfc.pem'), 'Ana Lytik');
    expect(Buffer.from(key.publicKey.split('\n')[1]!, 'base64').subarray(12).toString('hex')).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
    const sha256 = createHash('sha256').update('a report\n').digest('hex');
    expect(signedBytes('report', sha256, 'Ana Lytik', '2026-11-26T01:02:03Z').toString()).toBe(
      `tidemark-report\n${sha256}\nAna Lytik\n2026-11-26T01:02:03Z`,
    );
    const given = { key: key.publicKey, name: 'Ana Lytik', at: '2026-11-26T01:02:03Z', signature: VECTOR };
    expect(checkSignature('report', sha256, given)).toMatchObject({
      ok: true,
      problem: null,
      fingerprint: key.keyId,
    });
    expect(checkSignature('manifest', sha256, given).ok).toBe(false);
    expect(checkSignature('report', sha256, { ...given, name: 'Ana' }).ok).toBe(false);
    expect(checkSignature('report', sha256, { ...given, at: '2026-11-26T01:02:04Z' }).ok).toBe(false);
  });

  test('a block is one line of ASCII that no comment ends in, and is read as it was written', async () => {
    const key = await keys.make('Zoë --> <b>');
    const signature = await keys.sign('report', 'a'.repeat(64), { keyId: key.keyId });
    const text = writeBlock({ sha256: 'a'.repeat(64), signatures: [signature] });
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(text).not.toMatch(/[<>]/);
    expect(readBlock(text)).toEqual({ sha256: 'a'.repeat(64), signatures: [signature] });
    expect(readBlock(text.replace('"version":1', '"version": 1'))).toMatchObject({
      problem: expect.stringContaining('not written as'),
    });
    expect(readBlock(text.replace('"version":1', '"version":2'))).toMatchObject({
      problem: expect.stringContaining('version 2'),
    });
  });
});

describe('a signed report', () => {
  const REPORT = '<!doctype html>\n<p>Report</p>\n';
  let signed: Buffer;
  let fingerprint: string;
  beforeEach(async () => {
    const key = await keys.make('Ana');
    fingerprint = key.keyId;
    writeFileSync(at('ana.pem'), key.publicKey);
    writeFileSync(at('r.html'), REPORT);
    await signReport(keys, at('r.html'), { keyId: 'Ana' });
    signed = readFileSync(at('r.html'));
  });
  const check = async (bytes: Buffer | string, key: string | null = null) => {
    writeFileSync(at('t.html'), bytes);
    return checkReport(at('t.html'), key);
  };

  test('is checked by the public key alone, and without one says what that proves', async () => {
    const alone = await checkReport(at('r.html'), null);
    expect(alone).toMatchObject({ ok: true, signature: 'in the file', problems: [], key: null });
    expect(alone.sentence).toContain('proves nothing of who signed');
    expect(alone.signatures).toMatchObject([{ name: 'Ana', fingerprint, ok: true }]);
    const known = await checkReport(at('r.html'), readFileSync(at('ana.pem'), 'utf8'));
    expect(known).toMatchObject({ ok: true, key: { fingerprint, signed: true } });
    const stranger = (await keys.make('Mallory')).publicKey;
    const other = await checkReport(at('r.html'), stranger);
    expect(other.ok).toBe(false);
    expect(other.problems).toEqual([expect.stringContaining('did not sign this report')]);
  });

  test('any flipped byte of it is found', async () => {
    const missed: number[] = [];
    for (let i = 0; i < signed.length; i++) {
      const bad = Buffer.from(signed);
      bad[i]! ^= 1 << (i % 7);
      if ((await check(bad)).ok) missed.push(i);
    }
    expect(missed).toEqual([]);
  });

  test('a change of the report, of the signed hash with it, and of the name are named', async () => {
    const text = signed.toString();
    const changed = await check(text.replace('Report', 'Rep0rt'));
    expect(changed.problems).toEqual([expect.stringContaining('The report was changed after it was signed')]);
    const hash = (content: string) => createHash('sha256').update(content).digest('hex');
    const both = await check(
      text.replace('Report', 'Rep0rt').replace(hash(REPORT), hash(REPORT.replace('Report', 'Rep0rt'))),
    );
    expect(both.problems).toEqual([
      expect.stringMatching(/The signature of "Ana" does not hold: it does not fit its key/),
    ]);
    expect((await check(text.replace('"name":"Ana"', '"name":"Bob"'))).problems).toEqual([
      expect.stringContaining('The signature of "Bob" does not hold'),
    ]);
  });

  test('a removed signature, a swapped key, a second block and bytes behind the block are named', async () => {
    const text = signed.toString();
    expect((await check(REPORT)).problems).toEqual([
      expect.stringContaining('holds no signature at its end'),
    ]);
    const other = (await keys.make('Other')).publicKey;
    const swapped = text.replace(JSON.stringify(readFileSync(at('ana.pem'), 'utf8')), JSON.stringify(other));
    expect((await check(swapped)).problems).toEqual([expect.stringContaining('does not fit its key')]);
    expect((await check(`${text}more\n`)).problems.join()).toMatch(
      /A signature block stands in the middle of the file, after byte 30: .* 5 bytes that were put behind it are signed by nobody/,
    );
    writeFileSync(at('u.html'), `${text}<p>Added</p>\n`);
    await signReport(keys, at('u.html'), { keyId: 'Other' });
    expect((await checkReport(at('u.html'), null)).problems.join()).toContain(
      'A signature block stands in the middle of the file',
    );
    const block = text.slice(REPORT.length);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const second = await keys.sign('report', sha256, { keyId: 'Other' });
    expect(
      (await check(`${text}\n<!-- tidemark-signature ${writeBlock({ sha256, signatures: [second] })} -->\n`))
        .problems,
    ).toEqual([expect.stringContaining('two signature blocks')]);
    expect((await check(`${text}${block}`)).ok).toBe(false);
  });

  test('a second person signs the same bytes; signing what changed is refused', async () => {
    const ben = await keys.make('Ben', 'pass phrase');
    await expect(signReport(keys, at('r.html'), { keyId: 'Ben' })).rejects.toMatchObject({
      code: 'passphrase_needed',
    });
    await expect(signReport(keys, at('r.html'), { keyId: 'Ben', passphrase: 'x' })).rejects.toMatchObject({
      code: 'bad_passphrase',
    });
    expect(readFileSync(at('r.html')).equals(signed)).toBe(true);
    expect(await signReport(keys, at('r.html'), { keyId: 'Ben', passphrase: 'pass phrase' })).toMatchObject({
      signatures: 2,
    });
    const both = await checkReport(at('r.html'), ben.publicKey);
    expect(both).toMatchObject({ ok: true, key: { signed: true } });
    expect(both.signatures.map((each) => each.name)).toEqual(['Ana', 'Ben']);
    writeFileSync(at('r.html'), readFileSync(at('r.html'), 'utf8').replace('Report', 'Rep0rt'));
    await expect(signReport(keys, at('r.html'), { keyId: 'Ana' })).rejects.toMatchObject({
      code: 'report_changed',
    });
  });

  test('lines of evidence that look like a block are content', async () => {
    const fake = '\n<!-- tidemark-signature {"format":"tidemark-signature"} -->\n';
    writeFileSync(at('e.md'), `# Report${fake}and more${signed.subarray(REPORT.length)}the end`);
    await signReport(keys, at('e.md'), { keyId: 'Ana' });
    expect(await checkReport(at('e.md'), null)).toMatchObject({ ok: true });
  });

  test.skipIf(!has('openssl'))('openssl alone says the same (docs/custody.md)', () => {
    const recipe = /```sh\n(tail -n 1 report\.html[\s\S]*?)```/.exec(
      readFileSync(join(import.meta.dirname, '../../../docs/custody.md'), 'utf8'),
    )![1]!;
    const run = () =>
      spawnSync(
        'sh',
        ['-e', '-c', recipe.replaceAll('report.html', at('r.html')).replaceAll('ana.pem', at('ana.pem'))],
        { cwd: dir, encoding: 'utf8' },
      );
    const good = run();
    expect(good.stdout + good.stderr).toContain('Signature Verified Successfully');
    expect(good.status).toBe(0);
    writeFileSync(at('r.html'), signed.toString().replace('Report', 'Rep0rt'));
    expect(run().status).not.toBe(0);
  });
});

describe('keys', () => {
  test('lie in the state folder for the owner alone, private ones locked when a passphrase is given', async () => {
    const key = await keys.make('Ana', 'long enough');
    const folder = at('state/keys');
    expect(readdirSync(folder).sort()).toEqual([
      `${key.keyId}.json`,
      `${key.keyId}.pem`,
      `${key.keyId}.pub.pem`,
    ]);
    if (process.platform !== 'win32')
      for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    expect(readFileSync(join(folder, `${key.keyId}.pem`), 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    expect(await keys.list()).toEqual([key]);
    expect(fingerprintOf(key.publicKey)).toBe(key.keyId);
    expect((await keys.find(key.keyId.slice(0, 12))).name).toBe('Ana');
    await expect(keys.find('Nobody')).rejects.toMatchObject({ code: 'no_key', refusal: 'usage' });
    await expect(keys.make('two\nlines')).rejects.toMatchObject({ code: 'bad_name' });
  });

  test('are brought as PEM of openssl or of ssh-keygen; others are refused with what to do', async () => {
    const bring = (name: string, text: string, passphrase?: string) => {
      writeFileSync(at(name), text);
      return keys.import(at(name), name, passphrase);
    };
    const pem = (type: 'ed25519' | 'ed448', options = {}) =>
      generateKeyPairSync(type as 'ed25519')
        .privateKey.export({ type: 'pkcs8', format: 'pem', ...options })
        .toString();
    const plain = pem('ed25519');
    expect((await bring('plain', plain)).locked).toBe(false);
    await expect(bring('again', plain)).rejects.toMatchObject({ code: 'key_exists' });
    const locked = pem('ed25519', { cipher: 'aes-256-cbc', passphrase: 'p' });
    await expect(bring('locked', locked)).rejects.toMatchObject({ code: 'passphrase_needed' });
    await expect(bring('locked', locked, 'q')).rejects.toMatchObject({ code: 'bad_key' });
    expect((await bring('locked', locked, 'p')).locked).toBe(true);
    await expect(bring('other', pem('ed448'))).rejects.toMatchObject({
      message: expect.stringContaining('Ed25519 alone'),
    });
    await expect(
      bring(
        'public',
        generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      ),
    ).rejects.toMatchObject({ message: expect.stringContaining('holds no private key') });
    await expect(bring('nothing', 'hello')).rejects.toMatchObject({ code: 'bad_key' });
    await expect(keys.import(at('absent'), 'x')).rejects.toMatchObject({ code: 'no_key' });
  });

  test.skipIf(!has('ssh-keygen'))('of ssh-keygen sign as ssh-keygen says their public key is', async () => {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('ssh')]);
    const key = await keys.import(at('ssh'), 'Ssh');
    const blob = Buffer.from(readFileSync(at('ssh.pub'), 'utf8').split(' ')[1]!, 'base64');
    expect(
      Buffer.from(key.publicKey.split('\n')[1]!, 'base64').subarray(-32).equals(blob.subarray(-32)),
    ).toBe(true);
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', at('ssh2')]);
    await expect(keys.import(at('ssh2'), 'Ssh2')).rejects.toMatchObject({
      message: expect.stringContaining('ssh-keygen -p -N ""'),
    });
  });
});

const VECTOR = '7EmX3Vly+GS3Wf+zz32p0hPUtFkllZaswSa9NXxOHpzaIlipBOQkSIa0Vps52amHGd6L/WdFKjedqMsp5hDOAg==';
