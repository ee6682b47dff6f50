// The name of the case and what can be done with the whole of it.
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { Icon } from '../parts/Icon.tsx';
import { useCase } from '../store/case.ts';
import { AddBundles } from '../views/start/AddBundles.tsx';

export function CaseMenu() {
  const info = useCase((s) => s.info);
  const close = useCase((s) => s.close);
  const [adding, setAdding] = useState(false);
  return (
    <>
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
            <DropdownMenu.Item
              disabled={info?.readOnly ?? true}
              onSelect={() => setAdding(true)}
              data-testid="add-bundles"
            >
              Add bundles…
            </DropdownMenu.Item>
            <DropdownMenu.Item onSelect={() => void close()} data-testid="close-case">
              Close this case
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <AddBundles open={adding} onOpen={setAdding} />
    </>
  );
}
