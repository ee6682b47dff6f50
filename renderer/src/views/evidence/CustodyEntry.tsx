// One act of the custody log; opened, its detail and its place in the chain.
import { memo } from 'react';
import type { CustodyRow } from '../../../../shared/api.ts';
import { oneLine } from '../../format/control.ts';
import { dateTime } from '../../format/time.ts';
import { copy } from '../../parts/copy.ts';
import { EvidenceText } from '../../parts/Evidence.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { useCustody } from '../../store/custody.ts';
import { detailLines } from './custody-rows.ts';

export const CustodyEntry = memo(function CustodyEntry({ row, open }: { row: CustodyRow; open: boolean }) {
  const toggle = useCustody((s) => s.toggle);
  return (
    <div className="custody-entry" data-testid="custody-entry" data-act={row.act}>
      <button
        type="button"
        className="custody-line"
        aria-expanded={open}
        onClick={() => toggle(row.seq)}
        title={row.sentence}
      >
        <Icon name={open ? 'down' : 'forward'} size={12} />
        <span className="num mono soft">{row.seq}</span>
        <span className="mono">{dateTime(row.at, 's')}</span>
        <span className="cut soft">{oneLine(row.actor)}</span>
        <span className="cut">{oneLine(row.sentence)}</span>
        <span className="cut dim mono">{row.act}</span>
      </button>
      {open && (
        <dl className="place custody-detail">
          <dt>when</dt>
          <dd className="mono">{dateTime(row.at, 'us')} UTC</dd>
          <dt>who, with</dt>
          <dd>
            {oneLine(row.actor)}, Tidemark {row.toolVersion}
          </dd>
          <dt>act</dt>
          <dd className="mono">{row.act}</dd>
          {detailLines(row.detail).map(([name, value]) => (
            <div key={name} className="custody-pair">
              <dt className="mono">{name}</dt>
              <dd className="mono wrap custody-value">
                <EvidenceText text={value} />
              </dd>
            </div>
          ))}
          <dt>hash</dt>
          <dd className="mono wrap">
            {row.hash}{' '}
            <button type="button" className="link ui" onClick={() => copy(row.hash, 'Hash copied')}>
              copy
            </button>
          </dd>
          <dt>previous</dt>
          <dd className="mono wrap">{row.previous}</dd>
        </dl>
      )}
    </div>
  );
});
