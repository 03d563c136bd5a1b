import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { groupsOf, labelOf, type Group, type Listed } from './place';

const MANY = 12;

function Pages({ pages, present }: { pages: Listed[]; present?: string }) {
  return (
    <ul>
      {pages.map((page) => (
        <li key={page.path}>
          <Link to="/main/docs/$" params={{ _splat: page.path }} aria-current={page.path === present ? 'page' : undefined}>{labelOf(page)}</Link>
        </li>
      ))}
    </ul>
  );
}

function Part({ group, present }: { group: Group; present?: string }) {
  const holdsPresent = group.pages.some(({ path }) => path === present);
  if (!group.name.startsWith('Tasks: ') && group.pages.length <= MANY) {
    return <section><h2>{group.name}</h2><Pages pages={group.pages} present={present} /></section>;
  }
  return (
    <details open={holdsPresent || undefined}>
      <summary>{group.name} ({group.pages.length})</summary>
      <Pages pages={group.pages} present={present} />
    </details>
  );
}

/** All pages, by folder; the many pages of tasks are folded. */
export function Contents({ listed, present }: { listed: Listed[]; present?: string }) {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const link = nav.current?.querySelector<HTMLElement>('[aria-current=page]');
    if (!nav.current || !link) return;
    const { scrollTop, clientHeight } = nav.current;
    const isSeen = link.offsetTop >= scrollTop && link.offsetTop + link.offsetHeight <= scrollTop + clientHeight;
    if (!isSeen) nav.current.scrollTop = link.offsetTop - clientHeight / 2;
  }, [present]);
  return (
    <nav ref={nav} className="docs-contents" aria-label="Documentation">
      {groupsOf(listed).map((group) => <Part key={group.name} group={group} present={present} />)}
    </nav>
  );
}
