// One file of the evidence: how well it was read, what of it was not, what its times rest on, who could read it.
import { oneLine } from '../format/control.ts';
import { bytes, count, percent, plural } from '../format/numbers.ts';
import { dateTime } from '../format/time.ts';
import { BASIS_WORDS, basisWord, STATUS_WORDS } from '../format/words.ts';
import { copy } from '../parts/copy.ts';
import { SystemMark } from '../parts/Marks.tsx';
import { openFile, openNode, useDetails } from '../store/details.ts';
import { showOnly } from '../store/pivot.ts';
import { Block } from './Block.tsx';
import { FileRecords } from './FileRecords.tsx';
import { FileSeries } from './FileSeries.tsx';

export function FileDetails({ id }: { id: string }) {
  const detail = useDetails((s) => s.file);
  if (!detail || String(detail.file.fileId) !== id) return <p className="details-block dim">Reading …</p>;
  const { file } = detail;
  const parsed = file.lines - file.unparsedLines;
  return (
    <div data-testid="file-details">
      <section className="details-block event-head">
        <h2 className="mono wrap">{oneLine(file.path)}</h2>
        <p className="soft">
          {STATUS_WORDS[file.status]}
          {file.reason && `: ${oneLine(file.reason)}`}
        </p>
        <div className="event-marks">
          <button
            type="button"
            className="button main"
            disabled={file.records === 0}
            onClick={() => showOnly([['file_id', String(file.fileId)]])}
            data-testid="file-events"
          >
            Its {plural(file.records, 'event')}
          </button>
        </div>
      </section>
      <Block title="How well it was read">
        <p data-testid="file-quality">
          <strong>{percent(parsed, file.lines)}</strong> of {plural(file.lines, 'line')} understood,{' '}
          {count(file.unparsedLines)} kept as plain text.
        </p>
        {detail.kinds.length > 0 && (
          <table className="fields">
            <tbody>
              {detail.kinds.map((kind) => (
                <tr key={`${kind.system} ${kind.component}`}>
                  <th scope="row">
                    <SystemMark system={kind.system} />
                  </th>
                  <td>{kind.component ?? '–'}</td>
                  <td className="num">{plural(kind.records, 'record')}</td>
                  <td className="num dim">
                    {kind.unparsed > 0 ? `${count(kind.unparsed)} not parsed` : 'all parsed'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Block>
      {detail.unparsedRecords > 0 && (
        <Block title={`Not parsed: ${countOf(detail.unparsed.length, detail.unparsedRecords, 'record')}`}>
          <FileRecords
            rows={detail.unparsed.map((record) => ({
              ...record,
              text: record.message + (record.messageCut ? ' …' : ''),
            }))}
            testid="file-unparsed"
          />
        </Block>
      )}
      {detail.outOfOrder + detail.foreign > 0 && (
        <Block title="Out of order or not its own">
          <p>
            {plural(detail.outOfOrder, 'record')} with a time that runs backwards,{' '}
            {plural(detail.foreign, 'record')} that another wrote.
            {detail.marked.length < detail.outOfOrder + detail.foreign &&
              ` The first ${detail.marked.length}:`}
          </p>
          <FileRecords
            rows={detail.marked.map((record) => ({ ...record, text: record.mark }))}
            testid="file-marked"
          />
        </Block>
      )}
      <Block title="Times">
        <dl className="place">
          <dt>first event</dt>
          <dd className="mono">
            {dateTime(file.firstTs)}
            {file.firstTs !== null && ' UTC'}
          </dd>
          <dt>last event</dt>
          <dd className="mono">
            {dateTime(file.lastTs)}
            {file.lastTs !== null && ' UTC'}
          </dd>
          <dt>zone</dt>
          <dd>
            {file.zone ?? 'not known'}
            {file.zoneBasis && <span className="dim"> · {basisWord(file.zoneBasis)}</span>}
          </dd>
          <dt>zones seen</dt>
          <dd>
            {detail.zones.length === 0
              ? 'none in this file'
              : detail.zones.map((zone) => (
                  <div key={zone.offsetMinutes}>
                    {offsetWord(zone.offsetMinutes)}{' '}
                    <span className="dim">
                      · {plural(zone.seen, 'time')} · {zone.why}
                    </span>
                  </div>
                ))}
          </dd>
          <dt>known by</dt>
          <dd>
            {detail.bases.length === 0
              ? '–'
              : detail.bases
                  .map(({ basis, records }) => `${BASIS_WORDS[basis].word} ${count(records)}`)
                  .join(', ')}
          </dd>
        </dl>
      </Block>
      {detail.series && <FileSeries series={detail.series} fileId={file.fileId} />}
      <Block title="Place in the evidence">
        <dl className="place">
          <dt>bundle</dt>
          <dd className="mono wrap">{oneLine(file.bundle)}</dd>
          <dt>node</dt>
          <dd>
            {file.node ? (
              <button type="button" className="link" onClick={() => file.node && openNode(file.node)}>
                {file.node}
              </button>
            ) : (
              '–'
            )}
          </dd>
          <dt>format</dt>
          <dd>{[file.format, file.encoding, file.compression].filter(Boolean).join(' · ') || '–'}</dd>
          <dt>size</dt>
          <dd>
            {bytes(file.size)}
            {detail.contentSize !== null && detail.contentSize !== file.size && (
              <span className="dim"> · {bytes(detail.contentSize)} decompressed</span>
            )}
          </dd>
          <dt>mode, owner</dt>
          <dd>
            <span className="mono">{file.mode ?? 'no mode'}</span> {file.owner ?? 'no owner'}
            <span className="dim"> · as archived</span>
          </dd>
          <dt>modified</dt>
          <dd className="mono">
            {dateTime(file.mtime, 's')}
            {file.mtime !== null && ' UTC'}
          </dd>
          <Hash word="sha256" value={file.sha256} />
          {detail.contentSha256 !== file.sha256 && <Hash word="of content" value={detail.contentSha256} />}
          {detail.duplicateOf && (
            <>
              <dt>same as</dt>
              <dd>
                <Path {...detail.duplicateOf} />
              </dd>
            </>
          )}
          {detail.duplicates.length > 0 && (
            <>
              <dt>also at</dt>
              <dd>
                {detail.duplicates.map((other) => (
                  <div key={other.fileId}>
                    <Path {...other} />
                  </div>
                ))}
              </dd>
            </>
          )}
        </dl>
      </Block>
    </div>
  );
}

function Path({ fileId, path }: { fileId: number; path: string }) {
  return (
    <button type="button" className="link mono wrap" onClick={() => openFile(fileId)}>
      {oneLine(path)}
    </button>
  );
}

function Hash({ word, value }: { word: string; value: string | null }) {
  return (
    <>
      <dt>{word}</dt>
      <dd className="mono wrap">
        {value ?? 'no hash'}{' '}
        {value && (
          <button type="button" className="link ui" onClick={() => copy(value, `${word} copied`)}>
            copy
          </button>
        )}
      </dd>
    </>
  );
}

const countOf = (shown: number, all: number, one: string): string =>
  shown < all ? `the first ${shown} of ${plural(all, one)}` : plural(all, one);

function offsetWord(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '−' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}
