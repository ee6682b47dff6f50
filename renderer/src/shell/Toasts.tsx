// Short messages at the lower right.
import { useToasts } from '../store/toasts.ts';

export function Toasts() {
  const { toasts, drop } = useToasts();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={`toast ${toast.kind}`} data-testid="toast">
          <span className="grow">{toast.text}</span>
          {toast.undo && (
            <button
              type="button"
              className="link"
              data-testid="toast-undo"
              onClick={() => {
                toast.undo?.();
                drop(toast.id);
              }}
            >
              Undo
            </button>
          )}
          <button
            type="button"
            className="plain"
            aria-label="Close this message"
            onClick={() => drop(toast.id)}
          >
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
