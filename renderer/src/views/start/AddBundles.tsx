// More bundles for the open case.
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { useCase } from '../../store/case.ts';
import { PathList } from './PathList.tsx';
import { PathPicker } from './PathPicker.tsx';
import './start.css';
import { ZoneOptions } from './ZoneOptions.tsx';

export function AddBundles({ open, onOpen }: { open: boolean; onOpen(open: boolean): void }) {
  const { app, addBundles, busy } = useCase();
  const [paths, setPaths] = useState<string[]>([]);
  const [zones, setZones] = useState<Record<string, string>>({});
  const [picking, setPicking] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={onOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog" aria-describedby={undefined} data-testid="add-bundles-dialog">
          <header>
            <Dialog.Title asChild>
              <h1 className="grow">Add bundles to this case</h1>
            </Dialog.Title>
            <Dialog.Close className="button">Close</Dialog.Close>
          </header>
          <div className="start-form dialog-body">
            <span>Evidence</span>
            <div className="column start-evidence">
              <PathList paths={paths} onChange={setPaths} />
              <span>
                <button type="button" className="button" onClick={() => setPicking(true)}>
                  Choose folders or archives …
                </button>
              </span>
            </div>
            <span>Time zones</span>
            <ZoneOptions zones={zones} onChange={setZones} />
          </div>
          <footer>
            <button
              type="button"
              className="button main"
              disabled={paths.length === 0 || busy !== null}
              onClick={async () => {
                if (!(await addBundles(paths, zones))) return;
                setPaths([]);
                onOpen(false);
              }}
            >
              Read them
            </button>
          </footer>
          <PathPicker
            title="Add bundles"
            wants="evidence"
            open={picking}
            start={app?.home ?? ''}
            onOpen={setPicking}
            onChoose={(more) => setPaths([...new Set([...paths, ...more])])}
          />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
