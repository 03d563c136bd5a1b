import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { executions, flows } from '@/api/queries';
import { PageHead } from '@/ui/Page';

export function HomePage() {
  const running = useQuery(executions({ state: ['RUNNING'], size: 1 }));
  const all = useQuery(flows({ size: 1 }));
  return (
    <>
      <PageHead title="Home" />
      <div className="cards">
        <Link to="/main/flows" className="surface card"><div className="figure">{all.data?.total ?? '–'}</div><div className="of">flows</div></Link>
        <Link to="/main/executions" search={{ 'filters[state][IN]': 'RUNNING' }} className="surface card">
          <div className="figure">{running.data?.total ?? '–'}</div><div className="of">running now</div>
        </Link>
      </div>
    </>
  );
}
