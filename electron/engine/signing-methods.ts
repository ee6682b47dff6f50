// Keys and signatures. The keys are held by the shell's own side (electron/host); here is what of it concerns the case.
import type { ApiImplementation } from '../../shared/api.ts';
import { CaseError } from './case/errors.ts';
import type { Signer, SignWithKey } from './case/signature.ts';
import type { MethodHost } from './method-host.ts';
import { makeManifest } from './verify/manifest.ts';
import { fitsNow, keepSignature, manifestToSign, readSignedManifests } from './verify/signatures.ts';

export function signingMethods(
  host: MethodHost,
): Pick<
  ApiImplementation,
  'keys.list' | 'keys.make' | 'keys.import' | 'manifest.sign' | 'manifest.signatures'
> {
  return {
    'keys.list': async () => ({ keys: await signerOf(host).list() }),
    'keys.make': async ({ name, passphrase }) => signerOf(host).make(name, passphrase),
    'keys.import': async ({ path, name, passphrase }) => signerOf(host).import(path, name, passphrase),
    'manifest.sign': (by) => signManifest(host, by),
    'manifest.signatures': async () => {
      const open = host.need();
      const now = await makeManifest(open);
      const { rows } = await open.custody.entries();
      return {
        signatures: (await readSignedManifests(open)).flatMap((signed) => {
          const { path, sha256, signatures, problem, manifest } = signed;
          const current = manifest !== null && problem === null && fitsNow(manifest, now, rows);
          if (problem !== null)
            return [
              {
                path,
                sha256,
                current,
                signer: '',
                fingerprint: '',
                at: 0,
                ok: false,
                sentence: `${signed.name}: ${problem}.`,
              },
            ];
          return signatures.map(({ name, fingerprint, at, ok, problem: why }) => ({
            path,
            sha256,
            current,
            signer: name,
            fingerprint,
            at: Date.parse(at) * 1000 || 0,
            ok,
            sentence: ok
              ? `${name} signed the manifest ${sha256.slice(0, 16)}${current ? ', which is that of the case as it is now' : '; the case was changed or added to since'}.`
              : `The signature of ${name} on the manifest ${sha256.slice(0, 16)} does not hold: ${why}.`,
          }));
        }),
      };
    },
  };
}

/** Signs the manifest of the open case as it is now; the signature is kept in the case. */
export async function signManifest(
  host: MethodHost,
  by: SignWithKey,
): Promise<{ path: string; sha256: string; signatures: number }> {
  const open = host.need();
  const signer = signerOf(host);
  const made = await manifestToSign(open);
  const signature = await signer.signManifest(made.sha256, by);
  const { path, signatures, fingerprint } = await keepSignature(open, made, signature);
  await host.record('signed', {
    sha256: made.sha256,
    name: signature.name,
    key: fingerprint,
    entry: made.manifest.custody.seq,
    signatures,
  });
  await host.changed('signed');
  return { path, sha256: made.sha256, signatures };
}

export function signerOf(host: MethodHost): Signer {
  if (host.signer === null)
    throw new CaseError(
      'no_keys',
      'This process holds no keys: signing is done by the shell that started it.',
    );
  return host.signer;
}
