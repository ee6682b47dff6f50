// Verification: whether bundles, stored members, database, custody log and signatures are as they were.
import { type ReactNode, useEffect, useState } from 'react';
import type { VerifyResult } from '../../../../shared/api.ts';
import { oneLine } from '../../format/control.ts';
import { count, plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { useKeys } from '../../shell/useKeys.ts';
import { useCase } from '../../store/case.ts';
import { running, useJobs } from '../../store/jobs.ts';
import { useVerify } from '../../store/verify.ts';
import { SignatureList } from './SignatureList.tsx';
import './proof.css';
import { verdict, verifyLines, type What } from './verify-words.ts';

const SHOWN = 500;

export function VerificationPart({ head }: { head: ReactNode }) {
  const { result, loaded, error, load, start } = useVerify();
  const revision = useCase((s) => s.revision);
  const job = useJobs((s) => running(s.jobs, 'verify'));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision and the end of a run say when to load again
  useEffect(() => load(), [load, revision, job?.id]);
  useKeys('Verification', [{ key: 'r', word: 'Verify now', run: () => !job && void start() }]);
  return (
    <>
      <div className="bar">
        {head}
        {result && (
          <span className="soft" data-testid="verify-when">
            last run {dateTime(result.at, 's')} UTC, by Tidemark {result.toolVersion}
          </span>
        )}
        <span className="grow" />
        <button
          type="button"
          className="button main"
          disabled={job !== undefined}
          onClick={() => void start()}
          title="Hash bundles and stored members again, and check the database, the log and the signatures (r)"
          data-testid="verify-start"
        >
          {job ? 'Verifying …' : result ? 'Verify again' : 'Verify now'}
        </button>
      </div>
      <ErrorLine sentence={error} />
      {loaded && result === null && !error && (
        <Empty title="Never verified">
          <p>
            Verifying hashes the bundles (where they still are) and every stored member again, compares them
            with what the ledger says, checks what the database says of them, the chain of the custody log and
            all signatures. It names whatever changed. It reads every byte once, and changes nothing.
          </p>
        </Empty>
      )}
      {result && <Result result={result} />}
    </>
  );
}

function Result({ result }: { result: VerifyResult }) {
  const lines = verifyLines(result);
  const [opened, setOpened] = useState<What | null>(null);
  const what = opened ?? lines.find((line) => line.bad > 0)?.what ?? null;
  const problems = result.problems.filter((p) => p.what === what);
  return (
    <div className="scroll grow proof-body" data-testid="verify-result" data-ok={result.ok}>
      <p className={`proof-verdict ${result.ok ? 'good' : 'bad'}`} data-testid="verify-verdict">
        <span aria-hidden="true">{result.ok ? '✓ ' : '▲ '}</span>
        {verdict(result)}.
      </p>
      <table className="table proof-lines">
        <thead>
          <tr>
            <th>what</th>
            <th>checked</th>
            <th>not as it was</th>
            <th>could not be checked</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.what} aria-selected={line.what === what && line.bad > 0}>
              <td>{line.word}</td>
              <td className="soft">{line.checked}</td>
              <td>
                {line.bad > 0 ? (
                  <button
                    type="button"
                    className="link bad"
                    onClick={() => setOpened(line.what)}
                    data-testid={`verify-bad-${line.what}`}
                  >
                    ▲ {count(line.bad)} {line.badWord}
                  </button>
                ) : (
                  <span className="dim">none</span>
                )}
              </td>
              <td className={line.open ? 'soft' : 'dim'}>{line.open || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {problems.length > 0 && (
        <section>
          <h2>
            {lines.find((line) => line.what === what)?.word}:{' '}
            {problems.length > SHOWN
              ? `the first ${count(SHOWN)} of ${plural(problems.length, 'problem')}`
              : plural(problems.length, 'problem')}
          </h2>
          <ul className="proof-problems" data-testid="verify-problems">
            {problems.slice(0, SHOWN).map((p) => (
              <li key={`${p.name} ${p.sentence}`}>
                <div className="mono wrap">{oneLine(p.name)}</div>
                <div className="wrap">{oneLine(p.sentence)}</div>
              </li>
            ))}
          </ul>
        </section>
      )}
      {result.unchecked.length > 0 && (
        <section data-testid="verify-unchecked">
          <h2>Could not be checked</h2>
          <p className="soft">These are no failures: there was nothing to compare with.</p>
          <ul className="proof-problems">
            {result.unchecked.slice(0, SHOWN).map((sentence) => (
              <li key={sentence} className="wrap">
                {oneLine(sentence)}
              </li>
            ))}
          </ul>
        </section>
      )}
      <SignatureList title="Signatures" signatures={result.signatures} />
    </div>
  );
}
