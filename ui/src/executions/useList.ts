/** Executions page after page, as many as one scrolls to; what is there stays while it is asked again. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { MAIN, ask } from '@/api/client';
import type { Execution, Paged } from '@/api/types';
import { isEnded } from '@/format/state';

const FIRST = 100;
const LARGEST = 800;
const OFTEN = 3000;
const SELDOM = 15_000;

interface Part {
  page: number;
  size: number;
}

/** Each part is as large as all before it, up to a limit: few requests for who scrolls far, a small one for who does not. */
export function nextPart(loaded: number): Part {
  const size = Math.min(loaded, LARGEST);
  return { page: loaded / size + 1, size };
}

export function useList(filters: string, sort: string) {
  const found = useInfiniteQuery({
    queryKey: ['executions', 'list', filters, sort],
    queryFn: ({ signal, pageParam }) => ask<Paged<Execution>>(
      `${MAIN}/executions/search${filters || '?'}${filters ? '&' : ''}page=${pageParam.page}&size=${pageParam.size}&sort=${encodeURIComponent(sort)}&taskRuns=false`, { signal },
    ),
    initialPageParam: { page: 1, size: FIRST },
    getNextPageParam: (last, _pages, { page, size }) => (page * size < last.total ? nextPart(page * size) : undefined),
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
