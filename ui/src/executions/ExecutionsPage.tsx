import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { executions } from '@/api/queries';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { PageHead } from '@/ui/Page';
import { StateBadge } from '@/ui/State';
import { Ago } from '@/ui/Time';

export function ExecutionsPage() {
  const { data, error, refetch } = useQuery(executions({}));
  return (
    <>
      <PageHead title="Executions" />
      {error && <Failed error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.total === 0 && <Empty title="No executions yet">Execute a flow and it shows here.</Empty>}
      {data && data.total > 0 && (
        <div className="surface scroll-x">
          <table className="list">
            <thead><tr><th>Id</th><th>Flow</th><th>State</th><th>Began</th></tr></thead>
            <tbody>
              {data.results.map(({ id, namespace, flowId, state }) => (
                <tr key={id}>
                  <td><Link to="/main/executions/$namespace/$flowId/$id/$tab" params={{ namespace, flowId, id, tab: 'overview' }}>{id}</Link></td>
                  <td>{namespace}.{flowId}</td>
                  <td><StateBadge state={state.current} /></td>
                  <td><Ago date={state.startDate} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
