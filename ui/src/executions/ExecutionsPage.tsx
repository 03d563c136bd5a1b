/** All executions: filters in the address, rows as far as one scrolls, actions on many. */
import { Button, Checkbox, Popover } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState, type KeyboardEvent } from 'react';
import { useKeys } from '@/app/keys';
import { one } from '@/app/search';
import { MAIN } from '@/api/client';
import type { Execution } from '@/api/types';
import { EXECUTION_FIELDS } from '@/filters/fields';
import { FilterBar } from '@/filters/FilterBar';
import type { Chip } from '@/filters/filters';
import { usePreference } from '@/filters/preferences';
import { useFilters } from '@/filters/useFilters';
import { Icon } from '@/ui/Icon';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { PageHead } from '@/ui/Page';
import { Bulk } from './Bulk';
import { COLUMNS, USUAL } from './columns';
import { listed } from './listed';
import { Table } from './Table';
import { useList } from './useList';

const NEWEST = 'state.startDate:desc';

function ColumnMenu({ shown, onChange }: { shown: readonly string[]; onChange: (shown: string[]) => void }) {
  const [isOpen, setOpen] = useState(false);
  // The focus may still be on the button when one thinks better of it.
  const close = (event: KeyboardEvent) => event.key === 'Escape' && setOpen(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target><Button variant="default" onClick={() => setOpen(!isOpen)} onKeyDown={close} rightSection={<Icon name="down" size={14} />}>Columns</Button></Popover.Target>
      <Popover.Dropdown p="xs" onKeyDown={close}>
        <Checkbox.Group aria-label="Columns" value={[...shown]} onChange={(next) => onChange(COLUMNS.map((column) => column.name).filter((name) => next.includes(name)))}>
          {COLUMNS.map((column) => <Checkbox key={column.name} value={column.name} label={column.label} p={6} disabled={column.name === 'id'} />)}
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  );
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  return isFiltered
    ? <Empty title="No execution passes these filters" action={<Button variant="default" onClick={onClear}>Clear the filters</Button>}>There are others, or there were.</Empty>
    : <Empty title="No executions yet" action={<Button component={Link} to="/main/flows">To the flows</Button>}>An execution is one run of a flow. Execute a flow and it shows here, live.</Empty>;
}

export function ExecutionsPage() {
  const filters = useFilters();
  const sort = one(filters.search, 'sort') ?? NEWEST;
  const { rows, total, error, refetch, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useList(filters.query, sort);
  const [picked, setPicked] = useState<{ of: string; ids: ReadonlySet<string>; isAll: boolean }>({ of: '', ids: new Set(), isAll: false });
  const [names, setNames] = usePreference<string[]>('executions.columns', USUAL);
  const columns = useMemo(() => COLUMNS.filter((column) => names.includes(column.name)), [names]);
  const navigate = useNavigate();
  const client = useQueryClient();
  useEffect(() => listed.remember(rows), [rows]);
  useKeys([{ keys: 'j', label: 'Move in the list', run: () => document.querySelector<HTMLElement>('[data-list]')?.focus() }]);

  // A selection belongs to the filters it was made with.
  const { ids, isAll } = picked.of === filters.query ? picked : { ids: new Set<string>(), isAll: false };
  const select = (next: ReadonlySet<string>) => setPicked({ of: filters.query, ids: next, isAll: false });
  const open = ({ namespace, flowId, id }: Execution) =>
    void navigate({ to: '/main/executions/$namespace/$flowId/$id/$tab', params: { namespace, flowId, id, tab: 'overview' } });
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage({ cancelRefetch: false });
  }, [fetchNextPage, isFetchingNextPage]);
  const toggle = (chip: Chip) => filters.toggle(chip);
  const done = () => {
    select(new Set());
    void client.invalidateQueries({ queryKey: ['executions'] });
  };
  return (
    <div className="list-page">
      <PageHead title="Executions">
        <Button component="a" variant="default" leftSection={<Icon name="download" size={14} />} href={`${MAIN}/executions/export/by-query/csv${filters.query}`} download>CSV</Button>
      </PageHead>
      <FilterBar list="executions" fields={EXECUTION_FIELDS} filters={filters} placeholder="Id, flow or namespace" onRefresh={() => void refetch()}>
        <ColumnMenu shown={names} onChange={setNames} />
      </FilterBar>
      {error && <Failed error={error} onRetry={() => void refetch()} />}
      {ids.size > 0 && total !== undefined && (
        <Bulk target={{ ids: [...ids], isAll, filters: filters.query, total }} onAll={() => setPicked({ of: filters.query, ids, isAll: true })} onClear={() => select(new Set())} onDone={done} />
      )}
      {total === undefined && !error && <Loading rows={12} />}
      {total === 0 && !isPlaceholderData && <Nothing isFiltered={filters.chips.length > 0} onClear={() => filters.set([])} />}
      {total !== undefined && total > 0 && (
        <>
          <Table rows={rows} total={total} columns={columns} sort={sort} onSort={(next) => filters.setOther('sort', next === NEWEST ? undefined : next)}
            selected={ids} onSelect={select} onToggle={toggle} onOpen={open} onEnd={more} />
          <div className="list-foot" role="status">{rows.length < total ? `${rows.length} of ${total} executions loaded` : `${total} execution${total === 1 ? '' : 's'}`}</div>
        </>
      )}
    </div>
  );
}
