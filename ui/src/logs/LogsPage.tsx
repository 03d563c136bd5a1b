import { useQuery } from '@tanstack/react-query';
import { MAIN, ask } from '@/api/client';
import type { LogLine, Paged } from '@/api/types';
import { clock } from '@/format/time';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { PageHead } from '@/ui/Page';

export function LogsPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['logs'],
    queryFn: ({ signal }) => ask<Paged<LogLine>>(`${MAIN}/logs/search?size=100&sort=timestamp:desc`, { signal }),
  });
  return (
    <>
      <PageHead title="Logs" />
      {error && <Failed error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.results.length === 0 && <Empty title="No logs yet" />}
      <pre className="value">{data?.results.map((line) => `${clock(line.timestamp)} ${line.level} ${line.message}`).join('\n')}</pre>
    </>
  );
}
