// Copies evidence to the clipboard, exactly, and says so.
import { say } from '../store/toasts.ts';

export function copy(text: string, what = 'Copied'): void {
  navigator.clipboard.writeText(text).then(
    () => say(what),
    () => say('The clipboard is not available in this window.', { kind: 'error' }),
  );
}
