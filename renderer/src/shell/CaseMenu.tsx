// The name of the case and what can be done with the whole of it.
import { DropdownMenu } from 'radix-ui';
import { Icon } from '../parts/Icon.tsx';
import { useCase } from '../store/case.ts';
import { type CaseDialog, useDialogs } from '../store/dialogs.ts';

const ITEMS: readonly { dialog: CaseDialog; word: string; writes: boolean; testid: string }[] = [
  { dialog: 'bundles', word: 'Add bundles …', writes: true, testid: 'add-bundles' },
  { dialog: 'sign', word: 'Sign the manifest …', writes: true, testid: 'menu-sign' },
  { dialog: 'export case', word: 'Export the case to a file …', writes: false, testid: 'export-case' },
  { dialog: 'merge', word: 'Merge annotations from a case file …', writes: true, testid: 'merge-case' },
  { dialog: 'import case', word: 'Import a case file …', writes: false, testid: 'import-case' },
];

export function CaseMenu() {
  const info = useCase((s) => s.info);
  const close = useCase((s) => s.close);
  const show = useDialogs((s) => s.show);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="case-name" data-testid="case-menu" title={info?.dir}>
        <Icon name="case" />
        <span className="cut" data-testid="case-name">
          {info?.name}
        </span>
        {info?.readOnly && <span className="tag">read only</span>}
        <Icon name="down" size={12} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="popover" align="start" sideOffset={4}>
          {ITEMS.map(({ dialog, word, writes, testid }) => (
            <DropdownMenu.Item
              key={dialog}
              disabled={writes && (info?.readOnly ?? true)}
              onSelect={() => show(dialog)}
              data-testid={testid}
            >
              {word}
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Item onSelect={() => void close()} data-testid="close-case">
            Close this case
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
