import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { execution } from '@/api/queries';
import { Failed, Loading } from '@/ui/Notes';
import { PageHead } from '@/ui/Page';
import { StateBadge } from '@/ui/State';
import { summary } from '@/format/state';

export function ExecutionPage() {
  const { id } = useParams({ from: '/main/executions/$namespace/$flowId/$id/$tab' });
  const { data, error, refetch } = useQuery(execution(id));
  return (
    <>
      <PageHead title={id} beside={data && <StateBadge state={data.state.current} />} />
      {error && <Failed error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && <p>{summary(data)}</p>}
    </>
  );
}
