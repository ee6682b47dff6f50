// What a rule says of itself: description, false positives, author, version. A text that is no rule says nothing.
import { parseAllDocuments } from 'yaml';

export interface RuleText {
  description: string | null;
  falsePositives: string[];
  author: string | null;
  version: string | null;
}

const NOTHING: RuleText = { description: null, falsePositives: [], author: null, version: null };

/** `ruleId` picks the rule in a file of several. */
export function readRuleText(source: string | null, ruleId: string): RuleText {
  const documents = source ? maps(source) : [];
  const own = documents.find((map) => map.id === ruleId || map.name === ruleId) ?? documents.at(-1);
  if (!own) return NOTHING;
  const positives = own.falsepositives ?? own.falsePositives;
  return {
    description: text(own.description),
    falsePositives: (Array.isArray(positives) ? positives : [positives]).map(text).filter((t) => t !== null),
    author: text(own.author),
    version: text(own.modified) ?? text(own.date),
  };
}

function maps(source: string): Record<string, unknown>[] {
  try {
    return [...parseAllDocuments(source, { schema: 'failsafe' })]
      .filter((document) => !('errors' in document) || document.errors.length === 0)
      .map((document) => document.toJS({ maxAliasCount: 20 }) as unknown)
      .filter((value): value is Record<string, unknown> => typeof value === 'object' && value !== null);
  } catch {
    return [];
  }
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() ? value.trim().replace(/\s+/g, ' ') : null;
