// What the palette offers: views, commands, nodes, findings, entities; ranked by how the typed letters match.
import type { Output } from '../../../shared/api.ts';
import { plural } from '../format/numbers.ts';
import { entityWord } from '../format/words.ts';
import { useCase } from '../store/case.ts';
import { useCustody } from '../store/custody.ts';
import { openEntity, openFinding, openNode } from '../store/details.ts';
import { useDialogs } from '../store/dialogs.ts';
import { useFindings } from '../store/findings.ts';
import { useLens } from '../store/lens.ts';
import { useNodes } from '../store/nodes.ts';
import { usePalette } from '../store/palette.ts';
import { useReport } from '../store/report.ts';
import { EVIDENCE_PARTS, PART_WORDS, useRoute, VIEW_KEYS, VIEW_WORDS, VIEWS } from '../store/route.ts';
import { useRules } from '../store/rules.ts';
import { useTheme } from '../store/theme.ts';
import { useVerify } from '../store/verify.ts';
import { match } from './match.ts';

export interface Offer {
  key: string;
  kind: string;
  word: string;
  note: string;
  run(): void;
}

type Found = Output<'entities.search'>['entities'];

function commands(): Offer[] {
  const command = (word: string, run: () => void, note = ''): Offer => ({
    key: word,
    kind: 'command',
    word,
    note,
    run,
  });
  const lens = useLens.getState();
  const always = [
    command('Switch between dark and light', useTheme.getState().toggle, 'd d'),
    command('Follow the theme of the system', () => useTheme.getState().choose('system')),
    command('Show the keys', () => usePalette.getState().showHelp(true), '?'),
  ];
  if (useCase.getState().phase !== 'open') return always;
  const report = useReport.getState();
  const { show } = useDialogs.getState();
  return [
    command('Clear the lens', lens.clear, 'x x'),
    command('Lens back', lens.back, 'Alt+←'),
    command('Lens forward', lens.forward, 'Alt+→'),
    command('Run detection again', () => void useRules.getState().detect()),
    command('Export the report as HTML', () => {
      useRoute.getState().go('report');
      void report.write('html');
    }),
    ...EVIDENCE_PARTS.map((part) =>
      command(`Evidence: ${PART_WORDS[part]}`, () => useRoute.getState().showPart(part), `g v, ${part[0]}`),
    ),
    command('Add bundles to this case', () => show('bundles')),
    command('Verify the evidence', () => {
      useRoute.getState().showPart('verification');
      void useVerify.getState().start();
    }),
    command('Check the chain of the custody log', () => {
      useRoute.getState().showPart('custody');
      void useCustody.getState().verify();
    }),
    command('Sign the manifest', () => show('sign')),
    command('Export the case to a file', () => show('export case')),
    command('Import a case file', () => show('import case')),
    command('Merge annotations from a case file', () => show('merge')),
    command('Close this case', () => void useCase.getState().close()),
    ...always,
  ];
}

function everything(entities: Found): Offer[] {
  const { go } = useRoute.getState();
  if (useCase.getState().phase !== 'open') return commands();
  return [
    ...VIEWS.map(
      (view): Offer => ({
        key: `view ${view}`,
        kind: 'view',
        word: VIEW_WORDS[view],
        note: `g ${VIEW_KEYS[view]}`,
        run: () => go(view),
      }),
    ),
    ...commands(),
    ...useNodes.getState().nodes.map(
      (node): Offer => ({
        key: `node ${node.node}`,
        kind: 'node',
        word: node.node,
        note: plural(node.events, 'event'),
        run: () => openNode(node.node),
      }),
    ),
    ...entities.map(
      (e): Offer => ({
        key: `entity ${e.kind} ${e.value}`,
        kind: entityWord(e.kind),
        word: e.value,
        note: plural(e.events, 'event'),
        run: () => openEntity(e.kind, e.value),
      }),
    ),
    ...useFindings.getState().findings.map(
      (finding): Offer => ({
        key: `finding ${finding.findingId}`,
        kind: 'finding',
        word: finding.title,
        note: finding.level,
        run: () => {
          useFindings.getState().select(finding.findingId);
          openFinding(finding.findingId);
        },
      }),
    ),
  ];
}

export function offered(typed: string, entities: Found): Offer[] {
  const all = everything(entities);
  const text = typed.trim();
  if (text === '') return all;
  return all
    .map((offer) => ({ offer, score: match(text, offer.word) }))
    .filter((s) => s.score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map((s) => s.offer);
}
