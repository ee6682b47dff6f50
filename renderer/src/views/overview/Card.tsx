// A titled part of the overview.
import type { ReactNode } from 'react';

export function Card({ title, side, children }: { title: string; side?: ReactNode; children: ReactNode }) {
  return (
    <section className="card">
      <header>
        <h2 className="grow">{title}</h2>
        {side}
      </header>
      {children}
    </section>
  );
}
