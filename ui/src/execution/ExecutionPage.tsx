/** One execution, live: tabs share one stream; actions say their effect first. */
import { Tabs } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useKeys } from '@/app/keys';
import type { Execution } from '@/api/types';
import { Failed, Loading } from '@/ui/Notes';
import { PageHead } from '@/ui/Page';
import { StateBadge } from '@/ui/State';
import { Elapsed } from '@/ui/Time';
import { start, type Plain } from './actions';
import { ActionsMenu, type Doing } from './ActionsMenu';
import { Dialogs, type Asked } from './dialogs';
import './execution.css';
import { Gantt } from './Gantt';
import { InputsTab } from './InputsTab';
import { LogsTab } from './logs/LogsTab';
import { MetricsTab } from './MetricsTab';
import { Neighbours } from './Neighbours';
import { Overview } from './Overview';
import { RunPanel } from './RunPanel';
import { TopologyTab } from './topology/TopologyTab';
import { useLive } from './useLive';
import { useOther } from './useOther';
import { OutputsTab } from './values/OutputsTab';

const PLACE = '/main/executions/$namespace/$flowId/$id/$tab';
const TABS = ['overview', 'gantt', 'logs', 'topology', 'outputs', 'inputs', 'metrics'] as const;
type Tab = (typeof TABS)[number];
const isTab = (name: string): name is Tab => TABS.some((one) => one === name);
const named = (tab: Tab) => tab[0]?.toUpperCase() + tab.slice(1);

function Body({ tab, execution, doing, picked, onPick }: {
  tab: Tab; execution: Execution; doing: Doing; picked?: string; onPick: (id: string) => void;
}) {
  switch (tab) {
    case 'gantt': return <Gantt execution={execution} picked={picked} onPick={onPick} />;
    case 'logs': return <LogsTab key={execution.id} execution={execution} />;
    case 'topology': return <TopologyTab key={execution.id} execution={execution} picked={picked} onPick={onPick} />;
    case 'outputs': return <OutputsTab key={execution.id} execution={execution} />;
    case 'inputs': return <InputsTab execution={execution} />;
    case 'metrics': return <MetricsTab key={execution.id} execution={execution} />;
    default: return <Overview execution={execution} doing={doing} onTask={onPick} />;
  }
}

export function ExecutionPage() {
  const params = useParams({ from: PLACE });
  const { id } = params;
  const tab = isTab(params.tab) ? params.tab : 'overview';
  const { execution, error, isLost, again } = useLive(id);
  const { value, set } = useOther();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked>();

  const open = (next: Tab) => void navigate({ to: PLACE, params: { ...params, tab: next }, search: {}, replace: true });
  useKeys([
    ...TABS.map((one, index) => ({ keys: String(index + 1), label: named(one), run: () => open(one) })),
    { keys: '.', label: 'Actions', run: () => document.querySelector<HTMLElement>('[data-actions] button')?.click() },
  ]);
  const done = (action?: Plain, became?: Execution) => {
    void client.invalidateQueries({ queryKey: ['executions'] });
    if (action === 'delete') void navigate({ to: '/main/executions' });
    else if (became && became.id !== id) void navigate({ to: PLACE, params: { ...params, id: became.id } });
    else again();
  };
  const doing: Doing = {
    plain: (action) => execution && start(action, execution, done),
    ask: setAsked,
  };
  const picked = value('run');
  const run = picked ? execution?.taskRunList?.find((one) => one.id === picked) : undefined;
  const pick = (next?: string) => set({ run: next });
  const { namespace, flowId } = params;

  return (
    <div className="execution">
      <PageHead title={id} crumbs={
        <>
          <Link to="/main/executions">Executions</Link><span>/</span>
          <Link to="/main/executions" search={{ 'filters[namespace][PREFIX]': namespace }}>{namespace}</Link><span>/</span>
          <Link to="/main/flows/edit/$namespace/$id/$tab" params={{ namespace, id: flowId, tab: 'edit' }}>{flowId}</Link>
        </>
      } beside={execution && (
        <>
          <span role="status" aria-live="polite"><StateBadge state={execution.state.current} /></span>
          <span className="quiet"><Elapsed state={execution.state} /></span>
          {isLost && <span className="label">reconnecting…</span>}
        </>
      )}>
        <Neighbours id={id} tab={tab} />
        {execution && <span data-actions style={{ display: 'flex', gap: 8 }}><ActionsMenu execution={execution} doing={doing} /></span>}
      </PageHead>
      {error && !execution && <Failed error={error} onRetry={again} />}
      {!execution && !error && <Loading />}
      {execution && (
        <Tabs value={tab} onChange={(next) => next && isTab(next) && open(next)}>
          <Tabs.List aria-label="Parts of the execution">
            {TABS.map((one) => <Tabs.Tab key={one} value={one}>{named(one)}</Tabs.Tab>)}
          </Tabs.List>
          <Tabs.Panel value={tab} className="tab-body">
            <Body tab={tab} execution={execution} doing={doing} picked={picked} onPick={pick} />
          </Tabs.Panel>
        </Tabs>
      )}
      {execution && <RunPanel execution={execution} run={run} doing={doing} onClose={() => pick()} />}
      {execution && <Dialogs asked={asked} execution={execution} onClose={() => setAsked(undefined)} onDone={() => {
        setAsked(undefined);
        done();
      }} />}
    </div>
  );
}
