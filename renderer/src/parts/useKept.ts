// A piece of layout that is remembered between sessions.
import { useState } from 'react';
import { recall, remember } from '../store/kept.ts';

export function useKept<T>(key: string, first: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => recall(key, first));
  return [
    value,
    (next) => {
      setValue(next);
      remember(key, next);
    },
  ];
}
