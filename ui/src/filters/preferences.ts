/** What somebody set up for themselves; kept by the server, so that it is there on every machine. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { MAIN, ask } from '@/api/client';
import { tellFailure } from '@/ui/notify';

export function usePreference<T>(name: string, otherwise: T): [T, (value: T) => void] {
  const client = useQueryClient();
  const path = `${MAIN}/preferences/${name}`;
  const key = ['preference', name];
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask<T | null>(path, { signal }),
    staleTime: Infinity,
  });
  const set = (value: T) => {
    client.setQueryData(key, value);
    ask(path, { method: 'PUT', json: value }).catch((error: unknown) => tellFailure('This could not be remembered', error));
  };
  return [data ?? otherwise, set];
}
