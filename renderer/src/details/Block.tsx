// One titled part of the details.
import type { ReactNode } from 'react';

export function Block({ title, side, children }: { title: string; side?: ReactNode; children: ReactNode }) {
  return (
    <section className="details-block">
      <div className="details-title">
        <h3>{title}</h3>
        {side}
      </div>
      {children}
    </section>
  );
}
