import { useEffect, type ReactNode } from 'react';

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Lanner`;
  }, [title]);
}

/** The head of every page: where one is, its name, one primary action at the right. */
export function PageHead({ title, crumbs, beside, children }: {
  title: string; crumbs?: ReactNode; beside?: ReactNode; children?: ReactNode;
}) {
  usePageTitle(title);
  return (
    <header>
      {crumbs && <nav className="crumbs" aria-label="Breadcrumb">{crumbs}</nav>}
      <div className="head">
        <h1>{title}</h1>
        {beside}
        <div className="push">{children}</div>
      </div>
    </header>
  );
}
