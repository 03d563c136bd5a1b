/** The documentation of this server, from the server itself: nothing is asked of another host. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import Markdown from '@/ui/Markdown';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { usePageTitle } from '@/ui/Page';
import { Contents } from './Contents';
import { dress, PAGES } from './dress';
import { labelOf, pageAt, START, type Listed } from './place';
import { contents, text } from './queries';
import './docs.css';

/** A click on a link between pages stays in the application; a new tab or window is the browser's. */
function useLinks() {
  const navigate = useNavigate();
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const article = place.current;
    const follow = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      const href = link?.getAttribute('href') ?? '';
      if (!href.startsWith(PAGES) || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      const [path = '', hash] = href.slice(PAGES.length).split('#');
      void navigate({ to: '/main/docs/$', params: { _splat: decodeURI(path) }, hash });
    };
    article?.addEventListener('click', follow);
    return () => article?.removeEventListener('click', follow);
  }, [navigate]);
  return place;
}

function Article({ page, listed }: { page: Listed; listed: Listed[] }) {
  const { data, error, refetch } = useQuery(text(page.path));
  const hash = useRouterState({ select: (state) => state.location.hash });
  const place = useLinks();
  // While the next page is on its way the last one stays, with its own links.
  const shown = data?.path ?? page.path;
  const change = useCallback((content: DocumentFragment) => dress(content, shown, listed), [shown, listed]);
  useEffect(() => {
    if (!hash || shown !== page.path) return;
    const heading = document.getElementById(hash);
    heading?.scrollIntoView();
    heading?.focus({ preventScroll: true });
  }, [hash, shown, page.path, data]);
  return (
    <article ref={place} aria-busy={shown !== page.path}>
      {error && <Failed error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading rows={10} />}
      {data && !error && <Markdown text={data.text} change={change} />}
    </article>
  );
}

function NoDocument({ path }: { path: string }) {
  usePageTitle('Documentation');
  return (
    <Empty title="The documentation has no such page"
      action={<Button component={Link} to="/main/docs">To its first page</Button>}>
      There is no <code>{path}</code> in the documentation of this version.
    </Empty>
  );
}

function Found({ page, listed }: { page: Listed; listed: Listed[] }) {
  usePageTitle(page.path === START ? 'Documentation' : `${labelOf(page)} · Documentation`);
  return <Article page={page} listed={listed} />;
}

export function DocsPage() {
  const { _splat: path = '' } = useParams({ from: '/main/docs/$' });
  const { data: listed, error, refetch } = useQuery(contents());
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!listed) return <Loading rows={10} />;
  const page = pageAt(path, listed);
  return (
    <div className="docs-page">
      <Contents listed={listed} present={page?.path} />
      {page ? <Found page={page} listed={listed} /> : <NoDocument path={path} />}
    </div>
  );
}
