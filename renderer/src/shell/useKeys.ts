// Keys of a view while it is mounted, and the register of them that the key sheet reads.
// A key is written `j`, `Shift+D`, `Ctrl+k`, `Alt+ArrowLeft`, or a sequence of two: `g e`.
import { useEffect, useRef } from 'react';

export interface Binding {
  key: string;
  word: string;
  run(event: KeyboardEvent): void;
  /** Works also while typing in a field; for keys with Ctrl or Alt. */
  always?: boolean;
}

interface Scope {
  name: string;
  bindings: () => Binding[];
}

const scopes: Scope[] = [];
let prefix: { key: string; at: number } | null = null;

export const boundKeys = (): { name: string; bindings: Binding[] }[] =>
  scopes.map(({ name, bindings }) => ({ name, bindings: bindings() }));

function spell(event: KeyboardEvent): string {
  const shift = event.shiftKey && event.key.length > 1 ? 'Shift+' : '';
  const ctrl = event.ctrlKey || event.metaKey ? 'Ctrl+' : '';
  const key = event.key.length === 1 && ctrl ? event.key.toLowerCase() : event.key;
  return `${ctrl}${event.altKey ? 'Alt+' : ''}${shift}${key}`;
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('.monaco-editor, [role="dialog"], [role="menu"]') !== null);

/** Enter on a button of the details presses that button, whatever the list beside them does with Enter. */
const pressing = ({ key, target }: KeyboardEvent): boolean =>
  key === 'Enter' && target instanceof Element && target.closest('.details button, .details a') !== null;

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || pressing(event)) return;
  const key = spell(event);
  const busy = typing(event.target);
  const pair = prefix && event.timeStamp - prefix.at < 1500 ? `${prefix.key} ${key}` : null;
  prefix = null;
  const all = scopes.toReversed().flatMap((scope) => scope.bindings());
  const usable = all.filter((binding) => binding.always || !busy);
  const binding = usable.find((b) => b.key === pair) ?? usable.find((b) => b.key === key);
  if (binding) {
    event.preventDefault();
    binding.run(event);
    return;
  }
  const starts = all.some((b) => b.key.startsWith(`${key} `));
  if (!busy && starts) prefix = { key, at: event.timeStamp };
}

window.addEventListener('keydown', onKey);

/** Binds keys while the component is mounted; a later mounted scope wins. */
export function useKeys(name: string, bindings: Binding[]): void {
  const newest = useRef(bindings);
  newest.current = bindings;
  useEffect(() => {
    const scope: Scope = { name, bindings: () => newest.current };
    scopes.push(scope);
    return () => void scopes.splice(scopes.indexOf(scope), 1);
  }, [name]);
}
