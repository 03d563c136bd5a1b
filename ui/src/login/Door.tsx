import type { ReactNode } from 'react';
import { Logo } from '@/app/Logo';
import { usePageTitle } from '@/ui/Page';

/** The frame of the two pages before one is in. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  usePageTitle(title);
  return (
    <main className="door">
      <div className="door-brand"><Logo size={36} /><span>Lanner</span></div>
      <div className="surface door-card">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
