/** A flow: its editor, its executions, its revisions. */
import { Alert, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Suspense, lazy, useState } from 'react';
import { flow as flowQuery } from '@/api/queries';
import type { Flow } from '@/api/types';
import { useKeys } from '@/app/keys';
import { one } from '@/app/search';
import { labelsOf } from '@/format/labels';
import { Labels } from '@/ui/Labels';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { PageHead } from '@/ui/Page';
import { FlowActions } from './FlowActions';
import { FlowEditor } from './FlowEditor';

const Revisions = lazy(() => import('./Revisions').then((module) => ({ default: module.Revisions })));
const FlowExecutions = lazy(() => import('./FlowExecutions').then((module) => ({ default: module.FlowExecutions })));
const ExecuteDialog = lazy(() => import('@/execute/ExecuteDialog').then((module) => ({ default: module.ExecuteDialog })));

const TABS = [
  { id: 'edit', label: 'Edit' },
  { id: 'executions', label: 'Executions' },
  { id: 'revisions', label: 'Revisions' },
];

function useTab() {
  const { namespace, id, tab } = useParams({ from: '/main/flows/edit/$namespace/$id/$tab' });
  const navigate = useNavigate();
  const go = (next: string) => void navigate({ to: '/main/flows/edit/$namespace/$id/$tab', params: { namespace, id, tab: next } });
  useKeys(TABS.map(({ id: name, label }, index) => ({ keys: String(index + 1), label: `Tab: ${label}`, run: () => go(name) })));
  return { namespace, id, tab, go };
}

function Page({ flow, tab, go }: { flow: Flow; tab: string; go: (tab: string) => void }) {
  const { namespace, id } = flow;
  const search = useSearch({ from: '/main/flows/edit/$namespace/$id/$tab' });
  const navigate = useNavigate();
  const [first] = useState(flow);
  const [isExecuting, setExecuting] = useState(one(search, 'execute') !== undefined);
  const close = () => {
    setExecuting(false);
    // Who has started the flow is on the page of its execution by now, and stays there.
    if (one(search, 'execute') !== undefined && location.pathname.includes('/flows/edit/')) {
      void navigate({ to: '/main/flows/edit/$namespace/$id/$tab', params: { namespace, id, tab }, search: {}, replace: true, ignoreBlocker: true });
    }
  };
  return (
    <>
      <PageHead title={id} beside={<Labels labels={labelsOf(flow.labels)} />}
        crumbs={<><Link to="/main/flows">Flows</Link> / <Link to="/main/flows" search={{ namespace }}>{namespace}</Link></>}>
        <FlowActions flow={flow} onExecute={tab === 'edit' ? undefined : () => setExecuting(true)} />
      </PageHead>
      {flow.disabled && <Alert color="orange" mb="xs" py="xs">This flow is disabled: neither triggers nor people can start it.</Alert>}
      <Tabs value={tab} onChange={(next) => next && go(next)} mb="xs">
        <Tabs.List>{TABS.map(({ id: name, label }) => <Tabs.Tab key={name} value={name}>{label}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="edit" pt="xs">
          <FlowEditor initial={(tab === 'edit' ? flow.source : first.source) ?? ''} based={{ namespace, id, revision: flow.revision }}
            onSaved={() => undefined} onExecute={() => setExecuting(true)} />
        </Tabs.Panel>
        <Tabs.Panel value="executions" pt="xs"><Suspense fallback={<Loading />}><FlowExecutions namespace={namespace} flowId={id} /></Suspense></Tabs.Panel>
        <Tabs.Panel value="revisions" pt="xs"><Suspense fallback={<Loading />}><Revisions flow={flow} /></Suspense></Tabs.Panel>
      </Tabs>
      {!TABS.some((one) => one.id === tab) && <Empty title={`A flow has no tab “${tab}”`} />}
      {isExecuting && <Suspense><ExecuteDialog namespace={namespace} id={id} onClose={close} /></Suspense>}
    </>
  );
}

export function FlowPage() {
  const { namespace, id, tab, go } = useTab();
  // The text in the editor is the user's: it is not exchanged when the window gets the focus again.
  const { data, error, refetch } = useQuery({ ...flowQuery(namespace, id), refetchOnWindowFocus: false });
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return <Page key={`${namespace}/${id}`} flow={data} tab={tab} go={go} />;
}
