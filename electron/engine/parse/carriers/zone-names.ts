// Abbreviations of zones that stand for one offset wherever they are in use. CST, IST, BST, AST and PST stand for several.
import { zoneAt } from '../time.ts';

const MINUTES: Record<string, number> = {
  UTC: 0,
  GMT: 0,
  WET: 0,
  WEST: 60,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  JST: 540,
  KST: 540,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  EDT: -240,
  EST: -300,
  MDT: -360,
  MST: -420,
  PDT: -420,
  AKDT: -480,
  AKST: -540,
};

/** Minutes east of UTC of `CEST`, `-05` or `+0530`; NaN when the word does not say. */
export function zoneNamed(word: string): number {
  return Object.hasOwn(MINUTES, word) ? (MINUTES[word] as number) : zoneAt(word, 0);
}
