// Filters: what they leave of the matches of a rule.
import type { JudgedEvent } from './event.ts';
import { Refused } from './refused.ts';
import { decide, readDetection } from './rule.ts';

type YamlMap = Record<string, unknown>;

/** A rule under filters, as a decision: the rule's condition and that of every filter that is for it. */
export function filtered(rule: YamlMap, filters: YamlMap[]): (event: JudgedEvent) => boolean {
  const parts = [readDetection(rule.detection as YamlMap, {})];
  for (const { logsource, filter } of filters) {
    const { rules, ...detection } = filter as YamlMap;
    if (rules === undefined) throw new Refused('a filter names its rules');
    const named = [rules].flat() as unknown[];
    const any = named.length === 0 || rules === 'any' || rules === 'all';
    const part = readDetection(detection, {});
    if (
      (any || named.includes(rule.name) || named.includes(rule.id)) &&
      within(rule.logsource as YamlMap, logsource as YamlMap)
    )
      parts.push(part);
  }
  return (event) => parts.every((part) => decide(part, event));
}

/** Whether a log source is one of those that a wider one stands for. */
const within = (one: YamlMap, wider: YamlMap): boolean =>
  Object.entries(wider).every(([key, value]) => one[key] === value);
