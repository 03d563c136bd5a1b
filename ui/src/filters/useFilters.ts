/** The filters of a list are those of its address, and nowhere else. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { writeSearch, type Search } from '@/app/search';
import { chipsOf, filtersIn, searchWith, toggled, type Chip } from './filters';

export interface Filters {
  chips: Chip[];
  /** The filters as the server is asked, `?filters[…]=…` or nothing. */
  query: string;
  search: Search;
  set: (chips: readonly Chip[], how?: { replace?: boolean }) => void;
  toggle: (chip: Chip) => void;
  /** Another parameter of the address, such as `sort`. */
  setOther: (name: string, value: string | undefined) => void;
}

export function useFilters(): Filters {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const chips = useMemo(() => chipsOf(search), [search]);
  const go = useCallback(
    (next: Search, replace = false) => void navigate({ to: '.', search: next, replace, resetScroll: false }),
    [navigate],
  );
  return {
    chips, search,
    query: writeSearch(filtersIn(search)),
    set: (next, how) => go(searchWith(search, next), how?.replace),
    toggle: (chip) => go(searchWith(search, toggled(chips, chip))),
    setOther: (name, value) => go({ ...search, [name]: value }),
  };
}
