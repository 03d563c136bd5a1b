/** What goes on, what went wrong, how it goes over time, what comes next. */
import { Button, SegmentedControl } from '@mantine/core';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError, MAIN, ask, query } from '@/api/client';
import { flows } from '@/api/queries';
import type { Execution, Paged, PlannedTrigger, StateCount } from '@/api/types';
import { useOther } from '@/execution/useOther';
import { isEnded } from '@/format/state';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { PageHead } from '@/ui/Page';
import { StateBadge } from '@/ui/State';
import { Ago, Elapsed, useNow } from '@/ui/Time';
import { Chart } from './Chart';
import { RANGES, barsOf, endedIn, rateOf, type Range } from './chart';

const OPEN = 'CREATED,QUEUED,RUNNING,PAUSED,RETRYING,RESTARTED,BREAKPOINT,KILLING';
const IN_PROGRESS = { 'filters[state][IN]': OPEN };
const FAILED_TODAY = { 'filters[state][IN]': 'FAILED', 'filters[timeRange][EQUALS]': 'PT24H' };
const OFTEN = 5000;


const some = (name: string, filters: Record<string, string>) => queryOptions({
  queryKey: ['executions', 'home', name],
  queryFn: ({ signal }) => ask<Paged<Execution>>(`${MAIN}/executions/search${query({ ...filters, size: 8, sort: 'state.startDate:desc', taskRuns: false })}`, { signal }),
  refetchInterval: OFTEN, placeholderData: keepPreviousData,
});

const statistics = (range: Range) => queryOptions({
  queryKey: ['executions', 'statistics', range.value],
  queryFn: ({ signal }) => ask<StateCount[]>(`${MAIN}/executions/statistics${query({ 'filters[timeRange][EQUALS]': range.value, every: range.every })}`, { signal }),
  refetchInterval: OFTEN * 3, placeholderData: keepPreviousData,
});

/** A server without triggers has nothing planned. */
const planned = () => queryOptions({
  queryKey: ['triggers', 'next'],
  queryFn: async ({ signal }) => {
    try {
      return await ask<Paged<PlannedTrigger>>(`${MAIN}/triggers/search${query({ size: 50, sort: 'nextExecutionDate:asc' })}`, { signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { results: [], total: 0 };
      throw error;
    }
  },
  refetchInterval: OFTEN * 6,
});

function Card({ figure, of, to, isBad = false }: { figure: ReactNode; of: string; to: Record<string, string>; isBad?: boolean }) {
  return (
    <Link to="/main/executions" search={to} className="surface card" data-bad={isBad}>
      <div className="figure">{figure}</div><div className="of">{of}</div>
    </Link>
  );
}

function List({ title, to, none, children, isEmpty }: { title: string; to?: Record<string, string>; none: string; isEmpty: boolean; children: ReactNode }) {
  return (
    <section className="surface home-list">
      <h2>{title}{to && !isEmpty && <Link to="/main/executions" search={to} aria-label={`All: ${title}`}>all</Link>}</h2>
      {isEmpty ? <p className="none">{none}</p> : <ul>{children}</ul>}
    </section>
  );
}

function Line({ execution }: { execution: Execution }) {
  const { namespace, flowId, id, state } = execution;
  return (
    <li>
      <StateBadge state={state.current} />
      <Link className="what" to="/main/executions/$namespace/$flowId/$id/$tab" params={{ namespace, flowId, id, tab: 'overview' }} title={`${namespace}.${flowId}`}>{flowId} <span className="quiet">{namespace}</span></Link>
      <span className="quiet" style={{ whiteSpace: 'nowrap' }}>{isEnded(state.current) ? <Ago date={state.startDate} /> : <Elapsed state={state} />}</span>
    </li>
  );
}

/** The last to be asked for: what is and was comes first. */
function Next({ isDue }: { isDue: boolean }) {
  const { data } = useQuery({ ...planned(), enabled: isDue });
  const coming = (data?.results ?? []).filter((one) => one.triggerContext.nextExecutionDate);
  return (
    <List title="Next scheduled" isEmpty={coming.length === 0} none="No flow is scheduled. Give one a Schedule trigger and its next run shows here.">
      {coming.slice(0, 8).map(({ triggerContext: { namespace, flowId, triggerId, nextExecutionDate } }) => (
        <li key={`${namespace}.${flowId}.${triggerId}`}>
          <Link className="what" to="/main/flows/edit/$namespace/$id/$tab" params={{ namespace, id: flowId, tab: 'edit' }}>{flowId} <span className="quiet">{namespace} · {triggerId}</span></Link>
          <Ago date={nextExecutionDate} />
        </li>
      ))}
    </List>
  );
}

function Over({ range, onRange, counts }: { range: Range; onRange: (value: string) => void; counts: readonly StateCount[] }) {
  const now = useNow(true, 60_000);
  return (
    <section className="surface home-chart" aria-label="Executions over time">
      <h2>
        <span>Executions and success rate over {range.label}</span>
        <SegmentedControl aria-label="Time" data={RANGES.map(({ value, label }) => ({ value, label }))} value={range.value} onChange={onRange} />
      </h2>
      <Chart bars={barsOf(counts, range, now)} range={range} />
    </section>
  );
}

export function HomePage() {
  const { value, set } = useOther();
  const range = RANGES.find((one) => one.value === value('range')) ?? RANGES[0];
  const running = useQuery(some('running', IN_PROGRESS));
  const failed = useQuery(some('failed', FAILED_TODAY));
  const counted = useQuery(statistics(range));
  const all = useQuery(flows({ size: 1 }));
  const error = running.error ?? failed.error ?? counted.error;
  const counts = counted.data ?? [];
  const rate = rateOf(counts);
  if (all.data?.total === 0 && running.data?.total === 0) {
    return (
      <>
        <PageHead title="Home" />
        <Empty title="Nothing here yet" action={<Button component={Link} to="/main/welcome">Run a first flow</Button>}>A flow is a list of tasks in YAML. Make one, execute it, and this page tells how it goes.</Empty>
      </>
    );
  }
  return (
    <>
      <PageHead title="Home" />
      {error && <Failed error={error} onRetry={() => void Promise.all([running.refetch(), failed.refetch(), counted.refetch()])} />}
      {!running.data && !error && <Loading />}
      {running.data && (
        <>
          <div className="cards">
            <Card figure={running.data.total} of="in progress" to={IN_PROGRESS} />
            <Card figure={failed.data?.total ?? '–'} of="failed in 24 hours" to={FAILED_TODAY} isBad={(failed.data?.total ?? 0) > 0} />
            <Card figure={rate === undefined ? '–' : `${(rate * 100).toFixed(rate === 1 ? 0 : 1)} %`} of={`ended well in ${range.label}`} to={{ 'filters[state][IN]': 'SUCCESS,WARNING', 'filters[timeRange][EQUALS]': range.value }} />
            <Card figure={endedIn(counts)} of={`ended in ${range.label}`} to={{ 'filters[timeRange][EQUALS]': range.value }} />
            <Link to="/main/flows" className="surface card"><div className="figure">{all.data?.total ?? '–'}</div><div className="of">flows</div></Link>
          </div>
          <Over range={range} onRange={(next) => set({ range: next })} counts={counts} />
          <div className="home-lists">
            <List title="In progress" to={IN_PROGRESS} isEmpty={running.data.results.length === 0} none="Nothing runs and nothing waits.">
              {running.data.results.map((one) => <Line key={one.id} execution={one} />)}
            </List>
            <List title="Failed in 24 hours" to={FAILED_TODAY} isEmpty={(failed.data?.results.length ?? 0) === 0} none="Nothing failed.">
              {failed.data?.results.map((one) => <Line key={one.id} execution={one} />)}
            </List>
            <Next isDue={counted.data !== undefined && failed.data !== undefined} />
          </div>
        </>
      )}
    </>
  );
}
