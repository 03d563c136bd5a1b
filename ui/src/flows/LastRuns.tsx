/** The last runs of a flow as bars: colour and word of the state, height by how long each took. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MAIN, ask, query } from '@/api/client';
import type { Execution, Paged } from '@/api/types';
import { elapsed, groupOf } from '@/format/state';
import { absolute, duration } from '@/format/time';
import { StateBadge } from '@/ui/State';
import { Ago } from '@/ui/Time';

const COUNT = 12;

export const lastRuns = (namespace: string, flowId: string) => ({
  queryKey: ['executions', 'last', namespace, flowId],
  queryFn: ({ signal }: { signal: AbortSignal }) => ask<Paged<Execution>>(
    `${MAIN}/executions/search${query({
      'filters[namespace][EQUALS]': namespace, 'filters[flowId][EQUALS]': flowId, size: COUNT, sort: 'state.startDate:desc', taskRuns: false,
    })}`, { signal }),
  staleTime: 15_000,
});

function Bars({ runs }: { runs: Execution[] }) {
  const now = Date.now();
  const longest = Math.max(1, ...runs.map((run) => elapsed(run.state, now)));
  return (
    <span className="spark">
      {runs.map(({ id, namespace, flowId, state }) => {
        const took = elapsed(state, now);
        const text = `${state.current}, ${duration(took)}, ${absolute(state.startDate)}`;
        return (
          <Link key={id} className="spark-bar" title={text} aria-label={text} to="/main/executions/$namespace/$flowId/$id/$tab" params={{ namespace, flowId, id, tab: 'overview' }}>
            <span className={`fill-${groupOf(state.current)}`} style={{ height: `${20 + 80 * (took / longest)}%` }} />
          </Link>
        );
      })}
    </span>
  );
}

export function LastRuns({ namespace, flowId }: { namespace: string; flowId: string }) {
  const { data } = useQuery(lastRuns(namespace, flowId));
  if (!data) return <><td /><td /></>;
  const [last] = data.results;
  return (
    <>
      <td>{last ? <span className="last-run"><StateBadge state={last.state.current} /> <Ago date={last.state.startDate} /></span> : <span className="quiet">never</span>}</td>
      <td><Bars runs={[...data.results].reverse()} /></td>
    </>
  );
}
