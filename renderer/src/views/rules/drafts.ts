// Texts a new rule starts from: a bare one, one event, a copy of another rule.
import type { EventDetail } from '../../../../shared/api.ts';

/** A scalar that YAML reads back as exactly this text. */
export const scalar = (text: string): string =>
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text)
    ? JSON.stringify(text).replace(
        /[\u007f-\u009f\u2028\u2029\ufeff]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : `'${text.replaceAll("'", "''")}'`;

/** The text with nothing in it that Sigma takes for a wildcard. */
export const literal = (text: string): string => text.replace(/[\\*?]/g, '\\$&');

export const newRule = (id: string, today: string): string => `title: New rule
id: ${id}
status: experimental
description: >-
  What it finds, and why that matters.
author: ''
date: ${today}
tags:
  - attack.initial-access
logsource:
  product: registry
detection:
  selection:
    message|contains: 'words to look for'
  condition: selection
falsepositives:
  - What else may look like this
level: medium
`;

const COLUMNS = [
  ['category', 'category'],
  ['action', 'action'],
  ['outcome', 'outcome'],
  ['http_method', 'httpMethod'],
  ['http_path', 'httpPath'],
  ['http_status', 'httpStatus'],
] as const;
const PARTICULAR = [
  ['src_ip', 'srcIp'],
  ['user_name', 'userName'],
  ['node', 'node'],
] as const;

/** The words of a message that stay when what varies is taken out: of its template, longest first, at most four, in order. */
export function constantWords(message: string, template: string | null): string[] {
  const parts = (template ?? '')
    .split('<*>')
    .map((part) => part.trim())
    .filter((part) => part.length >= 4 && message.includes(part));
  const longest = parts.toSorted((a, b) => b.length - a.length).slice(0, 4);
  const kept = [...new Set(parts.filter((part) => longest.includes(part)))];
  return kept.length > 0 ? kept : [message.split('\n')[0]!.slice(0, 120).trim()].filter(Boolean);
}

/**
 * A rule that matches events like this one: its log source, its kind and the constant words of its message. What is
 * particular to it (address, user, node) stands there as a comment.
 */
export function ruleFromEvent(event: EventDetail, id: string, today: string): string {
  const words = constantWords(event.message, event.template?.template ?? null);
  const message =
    words.length === 0
      ? []
      : words.length === 1
        ? [`    message|contains: ${scalar(literal(words[0]!))}`]
        : ['    message|contains|all:', ...words.map((word) => `      - ${scalar(literal(word))}`)];
  const values = COLUMNS.flatMap(([column, key]) => {
    const value = event[key];
    if (value === null) return [];
    return [`    ${column}: ${typeof value === 'number' ? value : scalar(literal(value))}`];
  });
  const particular = PARTICULAR.flatMap(([column, key]) => {
    const value = event[key];
    return value === null ? [] : [`    # ${column}: ${scalar(literal(value))}`];
  });
  const selection = [...message, ...values];
  return [
    `title: Like event ${event.eventId}`,
    `id: ${id}`,
    'status: experimental',
    'description: >-',
    '  What it finds, and why that matters.',
    "author: ''",
    `date: ${today}`,
    'logsource:',
    `  product: ${scalar(event.system)}`,
    ...(event.component === null ? [] : [`  service: ${scalar(event.component)}`]),
    'detection:',
    '  selection:',
    ...(selection.length > 0 ? selection : [`    node: ${scalar(literal(event.node))}`]),
    ...particular,
    '  condition: selection',
    'falsepositives:',
    '  - What else may look like this',
    'level: medium',
    '',
  ].join('\n');
}

/**
 * A copy to change: new ids (a rule id may be there once), which name what they derive from, and new names for the rules
 * that its correlations refer to by name, wherever those do. Comments and order stay.
 */
export function copyOf(source: string, newId: () => string): string {
  const renamed = new Map<string, string>();
  for (const [, name] of source.matchAll(/^name:\s*['"]?([\w.-]+)['"]?\s*$/gm))
    renamed.set(name!, `${name}_copy`);
  const ids = new Map<string, string>();
  for (const [, id] of source.matchAll(/^id:\s*['"]?([\w-]+)['"]?\s*$/gm)) ids.set(id!, newId());
  const rename = (line: string) =>
    line.replace(/(?<![\w.-])[\w][\w.-]*/g, (word) => renamed.get(word) ?? ids.get(word) ?? word);
  return source
    .split(/^(?=---)/m)
    .map((document) => {
      const hasRelated = /^related:/m.test(document);
      const refers = /^correlation:/m.test(document);
      return document
        .split('\n')
        .flatMap((line) => {
          const id = /^id:\s*['"]?([\w-]+)['"]?\s*$/.exec(line)?.[1];
          if (id)
            return [
              `id: ${ids.get(id)}`,
              ...(hasRelated ? [] : ['related:', `  - id: ${id}`, '    type: derived']),
            ];
          if (refers ? /^(title|description):/.test(line) : !/^name:/.test(line)) return [line];
          return [rename(line)];
        })
        .join('\n');
    })
    .join('');
}

/** A file name for a rule, of its title. */
export function fileNameOf(text: string): string {
  const title = /^title:\s*(.+)$/m.exec(text)?.[1] ?? '';
  const slug = title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  return `${slug || 'rule'}.yml`;
}
