import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { executions } from '@/api/queries';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { StateBadge } from '@/ui/State';
import { Ago, Elapsed } from '@/ui/Time';

/** The last executions of one flow; the list of all has the filters. */
export function FlowExecutions({ namespace, flowId }: { namespace: string; flowId: string }) {
  const { data, error, refetch } = useQuery(executions({ namespace, flowId, size: 25 }));
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.total === 0) return <Empty title="No executions yet">Execute the flow, and they show here.</Empty>;
  return (
    <>
      <div className="surface scroll-x">
        <table className="list">
          <thead><tr><th>Id</th><th>State</th><th>Began</th><th>Took</th><th>Revision</th></tr></thead>
          <tbody>
            {data.results.map(({ id, state, flowRevision }) => (
              <tr key={id}>
                <td><Link className="mono" to="/main/executions/$namespace/$flowId/$id/$tab" params={{ namespace, flowId, id, tab: 'overview' }}>{id}</Link></td>
                <td><StateBadge state={state.current} /></td>
                <td><Ago date={state.startDate} /></td>
                <td><Elapsed state={state} /></td>
                <td>{flowRevision}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p style={{ fontSize: 13 }}>
        <Link to="/main/executions" search={{ 'filters[namespace][EQUALS]': namespace, 'filters[flowId][EQUALS]': flowId }}>
          {data.total > data.results.length ? `All ${data.total} executions, with filters` : 'In the list of all executions, with filters'}
        </Link>
      </p>
    </>
  );
}
