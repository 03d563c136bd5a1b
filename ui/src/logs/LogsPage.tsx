/** The lines of all executions and triggers, newest first. */
import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { MAIN, ask } from '@/api/client';
import type { LogLine, Paged } from '@/api/types';
import { LineScroller } from '@/execution/logs/LineScroller';
import { Loaded } from '@/execution/logs/loaded';
import { Text } from '@/execution/logs/LogView';
import '@/executions/executions.css';
import { LOG_FIELDS } from '@/filters/fields';
import { FilterBar } from '@/filters/FilterBar';
import type { Chip } from '@/filters/filters';
import { useFilters } from '@/filters/useFilters';
import { download } from '@/flows/download';
import { clock } from '@/format/time';
import { Icon } from '@/ui/Icon';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { tell, tellFailure } from '@/ui/notify';
import { PageHead } from '@/ui/Page';
import { useEnd } from '@/ui/rows';
import { exported } from './csv';

const PAGE = 200;
const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: '2-digit' });
const USUAL: Chip[] = [
  { field: 'level', operator: 'EQUALS', value: 'INFO' },
  { field: 'timeRange', operator: 'EQUALS', value: 'PT1H' },
];

const draw = (line: LogLine) => {
  const { namespace = '', flowId = '', executionId, taskRunId } = line;
  return (
    <div className="log-line" data-level={line.level}>
      <time dateTime={line.timestamp} style={{ width: 140 }}>{DAY.format(new Date(line.timestamp))} {clock(line.timestamp)}</time>
      <b>{line.level}</b>
      <span className="log-task" style={{ width: 220 }} title={`${namespace}.${flowId}`}>
        {executionId
          ? <Link to="/main/executions/$namespace/$flowId/$id/$tab" params={{ namespace, flowId, id: executionId, tab: 'logs' }} search={{ line: `${line.timestamp},${taskRunId ?? ''}` }}>{flowId}</Link>
          : flowId}
        {' '}{line.taskId ?? line.triggerId ?? ''}
      </span>
      <Text message={line.message} text="" />
    </div>
  );
};

function useLines(filters: string) {
  const found = useInfiniteQuery({
    queryKey: ['logs', filters],
    queryFn: ({ signal, pageParam }) => ask<Paged<LogLine>>(
      `${MAIN}/logs/search${filters || '?'}${filters ? '&' : ''}page=${pageParam}&size=${PAGE}&sort=timestamp:desc`, { signal },
    ),
    initialPageParam: 1,
    getNextPageParam: (last, pages) => (pages.length * PAGE < last.total ? pages.length + 1 : undefined),
    placeholderData: keepPreviousData,
  });
  const lines = useMemo(() => found.data?.pages.flatMap((page) => page.results) ?? [], [found.data]);
  return { ...found, lines, total: found.data?.pages.at(-1)?.total };
}

function Lines({ lines, total, onEnd }: { lines: readonly LogLine[]; total: number; onEnd: () => void }) {
  const [source] = useState(() => new Loaded());
  const [version, setVersion] = useState(0);
  const [last, setLast] = useState(0);
  useEffect(() => {
    source.take(lines, () => setVersion((before) => before + 1));
  }, [source, lines]);
  useEnd(last, lines.length, lines.length < total, onEnd);
  return <LineScroller source={source} version={version} draw={draw} onLast={setLast} height="auto" />;
}

function Csv({ filters, isEmpty }: { filters: string; isEmpty: boolean }) {
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      const { csv, count, total } = await exported(filters);
      download('logs.csv', csv);
      tell(count < total ? `The newest ${count} of ${total} lines are exported; narrower filters have the others.` : `${count} lines are exported.`);
    } catch (error) {
      tellFailure('Nothing was exported', error);
    } finally {
      setBusy(false);
    }
  };
  return <Button variant="default" leftSection={<Icon name="download" size={14} />} loading={isBusy} disabled={isEmpty} onClick={() => void run()}>CSV</Button>;
}

export function LogsPage() {
  const filters = useFilters();
  const { lines, total, error, refetch, fetchNextPage, isFetchingNextPage } = useLines(filters.query);
  // The list of all lines ever is too long to be what one wants: it starts with the last hour, and says so.
  const isFresh = Object.keys(filters.search).length === 0;
  const start = useRef(filters.set);
  useEffect(() => {
    if (isFresh) start.current(USUAL, { replace: true });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when the page is opened: filters may be cleared afterwards
  }, []);
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage({ cancelRefetch: false });
  }, [fetchNextPage, isFetchingNextPage]);
  return (
    <div className="list-page">
      <PageHead title="Logs"><Csv filters={filters.query} isEmpty={!total} /></PageHead>
      <FilterBar list="logs" fields={LOG_FIELDS} filters={filters} placeholder="Text of lines" onRefresh={() => void refetch()} />
      {error && <Failed error={error} onRetry={() => void refetch()} />}
      {total === undefined && !error && <Loading rows={12} />}
      {total === 0 && (
        <Empty title={filters.chips.length ? 'No line passes these filters' : 'No lines yet'}
          action={filters.chips.length > 0 && <Button variant="default" onClick={() => filters.set([])}>Show all lines</Button>}>
          {filters.chips.length ? 'A longer time or a lower level may have some.' : 'What tasks write while they run stands here.'}
        </Empty>
      )}
      {total !== undefined && total > 0 && (
        <div className="surface log-frame">
          <Lines key={filters.query} lines={lines} total={total} onEnd={more} />
          <div className="log-foot" role="status">{lines.length < total ? `${lines.length} of ${total} lines loaded` : `${total} lines`}</div>
        </div>
      )}
    </div>
  );
}
