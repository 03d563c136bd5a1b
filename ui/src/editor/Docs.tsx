/** The documentation of the task under the cursor, from the same classes that run it. */
import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { plugin, plugins } from '@/api/queries';
import type { Plugin } from '@/api/types';
import { pageOfType } from '@/docs/place';
import { contents } from '@/docs/queries';
import { shortType } from '@/topology/structure';
import { Failed, Loading } from '@/ui/Notes';

const Markdown = lazy(() => import('@/ui/Markdown'));

function classesOf(all: Plugin[], text: string) {
  const words = text.toLowerCase();
  return all.flatMap(({ tasks, triggers, taskRunners }) => [...tasks, ...triggers, ...taskRunners])
    .filter((one) => !one.deprecated && (one.cls.toLowerCase().includes(words) || (one.title ?? '').toLowerCase().includes(words)));
}

function Catalogue({ onPick }: { onPick: (type: string) => void }) {
  const { data, error, refetch } = useQuery(plugins());
  const [text, setText] = useState('');
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <>
      <p className="quiet" style={{ margin: '0 0 8px' }}>Put the cursor into a task to read about its type, or choose one:</p>
      <TextInput aria-label="Find a type" placeholder="Find a type" value={text} onChange={(event) => setText(event.currentTarget.value)} mb="xs" />
      <ul className="catalogue">
        {classesOf(data, text).slice(0, 200).map(({ cls, title }) => (
          <li key={cls}>
            <button type="button" onClick={() => onPick(cls)}><strong>{shortType(cls)}</strong> <span className="quiet">{title?.replaceAll('`', '')}</span></button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Whether the server has the type: a half-typed name is not asked for. */
function useIsKnown(type: string | undefined): boolean {
  const { data } = useQuery(plugins());
  return type !== undefined && (data ?? []).some((one) =>
    [...one.tasks, ...one.triggers, ...one.taskRunners].some(({ cls }) => cls === type) || one.aliases?.includes(type));
}

/** The way to the page of the documentation; in a tab of its own, as the editor may hold what is not saved. */
function PageOf({ type }: { type: string }) {
  const { data } = useQuery(contents());
  const page = pageOfType(type, data ?? []);
  if (!page) return null;
  return (
    <p className="quiet"><Link to="/main/docs/$" params={{ _splat: page.path }} target="_blank">In the documentation<span className="only-read"> (opens in a new tab)</span> ↗</Link></p>
  );
}

export function Docs({ type: under }: { type?: string }) {
  const isKnown = useIsKnown(under);
  const type = isKnown ? under : undefined;
  // The choice from the list counts until the cursor enters another task.
  const [chosen, setChosen] = useState<{ type: string; under?: string }>();
  const shown = chosen && chosen.under === type ? chosen.type : type;
  const { data, error, isFetching } = useQuery({ ...plugin(shown ?? ''), enabled: shown !== undefined });
  if (!shown || (error && !chosen)) {
    return (
      <div className="docs">
        {under && !isKnown && <p className="quiet">This server has no plugin <code>{under}</code>.</p>}
        <Catalogue onPick={(next) => setChosen({ type: next, under: type })} />
      </div>
    );
  }
  return (
    <div className="docs">
      {chosen && shown === chosen.type && <button type="button" className="label" onClick={() => setChosen(undefined)}>Back</button>}
      {error && <Failed error={error} />}
      {isFetching && !data && <Loading />}
      {data && <PageOf type={shown} />}
      {data && <Suspense fallback={<Loading />}><Markdown text={data.markdown} /></Suspense>}
    </div>
  );
}
