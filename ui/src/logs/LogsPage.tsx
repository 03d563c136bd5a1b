/** The lines of all executions and triggers, newest first. */
import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo, useRef } from 'react';
import { MAIN, ask } from '@/api/client';
import type { LogLine, Paged } from '@/api/types';
import { Message } from '@/execution/logs/LogView';
import '@/executions/executions.css';
import { LOG_FIELDS } from '@/filters/fields';
import { FilterBar } from '@/filters/FilterBar';
import type { Chip } from '@/filters/filters';
import { useFilters } from '@/filters/useFilters';
import { absolute, clock } from '@/format/time';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { PageHead } from '@/ui/Page';

const PAGE = 200;
const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: '2-digit' });
const USUAL: Chip[] = [
  { field: 'level', operator: 'EQUALS', value: 'INFO' },
  { field: 'timeRange', operator: 'EQUALS', value: 'PT1H' },
];

const Row = memo(function Row({ line }: { line: LogLine }) {
  const { namespace = '', flowId = '', executionId, taskRunId } = line;
  const day = DAY.format(new Date(line.timestamp));
  return (
    <div className="log-line" data-level={line.level}>
      <time dateTime={line.timestamp} title={absolute(line.timestamp)} style={{ width: 140 }}>{day} {clock(line.timestamp)}</time>
      <b>{line.level}</b>
      <span className="log-task" style={{ width: 220 }} title={`${namespace}.${flowId}`}>
        {executionId
          ? <Link to="/main/executions/$namespace/$flowId/$id/$tab" params={{ namespace, flowId, id: executionId, tab: 'logs' }} search={{ line: `${line.timestamp},${taskRunId ?? ''}` }}>{flowId}</Link>
          : flowId}
        {' '}{line.taskId ?? line.triggerId ?? ''}
      </span>
      <span className="log-text"><Message message={line.message} text="" /></span>
    </div>
  );
});

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
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => 20, overscan: 20, useAnimationFrameWithResizeObserver: true });
  const items = virtual.getVirtualItems();
  const isNearEnd = (items.at(-1)?.index ?? 0) >= lines.length - 40;
  useEffect(() => {
    if (isNearEnd && lines.length < total) onEnd();
  }, [isNearEnd, lines.length, total, onEnd]);
  return (
    // A region that scrolls has to be reachable by keys.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className="log-view" style={{ flex: 1 }} role="log" aria-live="off" aria-label="Log lines" tabIndex={0}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, start, key }) => {
          const line = lines[index];
          return line && <div key={key} ref={virtual.measureElement} data-index={index} className="log-place" style={{ transform: `translateY(${start}px)` }}><Row line={line} /></div>;
        })}
      </div>
    </div>
  );
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
  const more = () => {
    if (!isFetchingNextPage) void fetchNextPage({ cancelRefetch: false });
  };
  return (
    <div className="list-page">
      <PageHead title="Logs" />
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
