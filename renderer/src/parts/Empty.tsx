// What is said where there is nothing to see: what would be here, and how to get it.
import type { ReactNode } from 'react';

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function ErrorLine({ sentence, onClose }: { sentence: string | null; onClose?: () => void }) {
  if (!sentence) return null;
  return (
    <div className="error-line" role="alert" data-testid="error">
      <span className="bad" aria-hidden="true">
        ▲
      </span>
      <span className="grow">{sentence}</span>
      {onClose && (
        <button type="button" className="plain" onClick={onClose} aria-label="Dismiss this message">
          ×
        </button>
      )}
    </div>
  );
}
