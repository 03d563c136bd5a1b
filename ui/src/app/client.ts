/** The one cache of server answers; also used outside components, before a page loads. */
import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api/client';

const TRIES = 2;

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Without a network a question fails and says so, instead of waiting unseen.
      networkMode: 'always',
      staleTime: 5_000,
      // What the server refused is not asked again; what did not reach it is.
      retry: (count, error) => count < TRIES && !(error instanceof ApiError && error.status > 0 && error.status < 500),
    },
    mutations: { retry: false },
  },
});
