/** Executions page after page, as many as one scrolls to; what is there stays while it is asked again. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { MAIN, ask } from '@/api/client';
import type { Execution, Paged } from '@/api/types';
import { isEnded } from '@/format/state';

export const PAGE = 100;
const OFTEN = 3000;
const SELDOM = 15_000;

export function useList(filters: string, sort: string) {
  const found = useInfiniteQuery({
    queryKey: ['executions', 'list', filters, sort],
    queryFn: ({ signal, pageParam }) => ask<Paged<Execution>>(
      `${MAIN}/executions/search${filters || '?'}${filters ? '&' : ''}page=${pageParam}&size=${PAGE}&sort=${encodeURIComponent(sort)}&taskRuns=false`, { signal },
    ),
    initialPageParam: 1,
    getNextPageParam: (last, pages) => (pages.length * PAGE < last.total ? pages.length + 1 : undefined),
    placeholderData: keepPreviousData,
    // Lists that were scrolled far are not asked anew by themselves: that would be many requests.
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? [];
      if (pages.length > 3) return false;
      return pages.some((page) => page.results.some((one) => !isEnded(one.state.current))) ? OFTEN : SELDOM;
    },
  });
  // New executions move the others on: one may be on two pages.
  const rows = useMemo(() => {
    const byId = new Map<string, Execution>();
    found.data?.pages.forEach((page) => page.results.forEach((one) => byId.set(one.id, one)));
    return [...byId.values()];
  }, [found.data]);
  return { ...found, rows, total: found.data?.pages.at(-1)?.total };
}
