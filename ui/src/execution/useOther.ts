/** Parameters of the page's address that are no filters: what is picked, which level, which line. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { one, type Search } from '@/app/search';

export function useOther() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  return {
    value: (name: string) => one(search, name),
    set: (changes: Record<string, string | undefined>) =>
      void navigate({ to: '.', search: { ...search, ...changes }, replace: true, resetScroll: false }),
  };
}
