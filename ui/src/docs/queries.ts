import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ask, askFile } from '@/api/client';
import { fileAt } from './dress';
import type { Listed } from './place';

/** The files of the documentation this server brings along. */
export const contents = () =>
  queryOptions({
    queryKey: ['docs'],
    queryFn: ({ signal }) => ask<Listed[]>(fileAt('contents.json'), { signal }),
    staleTime: Infinity,
  });

export const text = (path: string) =>
  queryOptions({
    queryKey: ['docs', path],
    queryFn: async ({ signal }) => ({ path, text: await (await askFile(fileAt(path), { signal })).text() }),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
