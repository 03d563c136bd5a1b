/** All flows: by namespace, by filters of the address, with their last runs. */
import { Button, Menu, Pagination } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { foundFlows } from '@/api/queries';
import { client } from '@/app/client';
import { useKeys } from '@/app/keys';
import { one } from '@/app/search';
import { FilterBar } from '@/filters/FilterBar';
import { FLOW_FIELDS } from '@/filters/fields';
import { useFilters, type Filters } from '@/filters/useFilters';
import { Icon } from '@/ui/Icon';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { PageHead } from '@/ui/Page';
import { tell, tellFailure } from '@/ui/notify';
import { BulkBar } from './BulkBar';
import { exportCsv, importFiles } from './bulk';
import { FlowTable, keyOf } from './FlowTable';
import { NamespaceTree } from './NamespaceTree';
import './flows.css';

const SIZE = 25;

function Import() {
  const input = useRef<HTMLInputElement>(null);
  const take = async (files: File[]) => {
    try {
      const refused = await importFiles(files);
      if (refused.length) tellFailure('Not everything was imported', new Error(refused.join(', ')));
      else tell(files.length === 1 ? `${files[0]?.name ?? 'The file'} is imported` : `${files.length} files are imported`);
    } catch (error) {
      tellFailure('Nothing was imported', error);
    }
    if (input.current) input.current.value = '';
  };
  return (
    <>
      <input ref={input} type="file" multiple hidden accept=".yml,.yaml,.zip" aria-label="Files with flows" onChange={(event) => void take([...(event.currentTarget.files ?? [])])} />
      <Button variant="default" leftSection={<Icon name="upload" size={14} />} onClick={() => input.current?.click()}>Import</Button>
    </>
  );
}

/** The namespace of the rail is one chip like any other. */
function useNamespace(filters: Filters) {
  const chip = filters.chips.find((item) => item.field === 'namespace');
  const pick = (namespace: string | undefined) => {
    const rest = filters.chips.filter((item) => item.field !== 'namespace');
    filters.set(namespace ? [...rest, { field: 'namespace', operator: 'PREFIX', value: namespace }] : rest);
  };
  return { namespace: chip?.operator === 'PREFIX' ? chip.value : undefined, pick };
}

function useChoice() {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setAll] = useState(false);
  const set = (keys: string[], isOn: boolean) => {
    setAll(false);
    setTicked((before) => {
      const next = new Set(before);
      keys.forEach((key) => (isOn ? next.add(key) : next.delete(key)));
      return next;
    });
  };
  const clear = () => {
    setAll(false);
    setTicked(new Set());
  };
  return { ticked, isAll, all: () => setAll(true), set, clear };
}

export function FlowsPage() {
  const navigate = useNavigate();
  const filters = useFilters();
  const page = Math.max(1, Number(one(filters.search, 'page') ?? 1) || 1);
  const sort = one(filters.search, 'sort') ?? 'id:asc';
  const { data, error, refetch } = useQuery(foundFlows(filters.query, page, SIZE, sort));
  const { namespace, pick } = useNamespace(filters);
  const choice = useChoice();
  const [active, setActive] = useState(-1);
  const flows = data?.results ?? [];
  const present = flows[active];
  useKeys([
    { keys: 'j', label: 'Next row', run: () => setActive(Math.min(flows.length - 1, active + 1)) },
    { keys: 'k', label: 'Row before', run: () => setActive(Math.max(0, active - 1)) },
    { keys: 'x', label: 'Choose the row', run: () => present && choice.set([keyOf(present)], !choice.ticked.has(keyOf(present))) },
    {
      keys: 'o', label: 'Open the row',
      run: () => present && void navigate({ to: '/main/flows/edit/$namespace/$id/$tab', params: { namespace: present.namespace, id: present.id, tab: 'edit' } }),
    },
  ]);
  const ids = [...choice.ticked].map((key) => ({ namespace: key.slice(0, key.indexOf('/')), id: key.slice(key.indexOf('/') + 1) }));
  return (
    <>
      <PageHead title="Flows">
        <Menu>
          <Menu.Target><Button variant="default" leftSection={<Icon name="download" size={14} />}>Export</Button></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component="a" href={`/api/v1/main/flows/export/by-query${filters.query}`} download="flows.zip">Sources as a zip</Menu.Item>
            <Menu.Item onClick={() => void exportCsv(filters.query).catch((failed: unknown) => tellFailure('Nothing was exported', failed))}>Table as CSV</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Import />
        <Button component={Link} to="/main/flows/new" leftSection={<Icon name="plus" size={14} />}>Create</Button>
      </PageHead>
      <FilterBar list="flows" fields={FLOW_FIELDS} filters={filters} placeholder="Search flows" onRefresh={() => void client.invalidateQueries()} />
      <div className="with-rail">
        <NamespaceTree picked={namespace} onPick={pick} />
        <div className="beside-rail">
          {ids.length > 0 && (
            <BulkBar chosen={{ ids, query: choice.isAll ? filters.query : undefined }} count={choice.isAll ? (data?.total ?? ids.length) : ids.length}
              total={data?.total ?? 0} onAll={choice.all} onDone={choice.clear} />
          )}
          {error && <Failed error={error} onRetry={() => void refetch()} />}
          {!data && !error && <Loading />}
          {data?.total === 0 && <NoFlows isFiltered={filters.chips.length > 0} onClear={() => filters.set([])} />}
          {flows.length > 0 && (
            <FlowTable flows={flows} active={active} ticked={choice.ticked} sort={sort} onSort={(next) => filters.setOther('sort', next)} onNamespace={pick}
              onTick={(flow) => choice.set([keyOf(flow)], !choice.ticked.has(keyOf(flow)))} onTickAll={(isOn) => choice.set(flows.map(keyOf), isOn)}
              onLabel={({ key, value }) => filters.toggle({ field: 'labels', operator: 'EQUALS', key, value })} />
          )}
          {data && data.total > SIZE && (
            <div className="pages">
              <span className="quiet">{data.total} flows</span>
              <Pagination size="sm" total={Math.ceil(data.total / SIZE)} value={page} onChange={(next) => filters.setOther('page', String(next))}
                getControlProps={(control) => ({ 'aria-label': `${control} page` })} getItemProps={(number) => ({ 'aria-label': `Page ${number}` })} />
            </div>
          )}
        </div>
      </div>
    </>
  );
}

function NoFlows({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (isFiltered) {
    return <Empty title="No flow matches the filters" action={<Button variant="default" onClick={onClear}>Clear the filters</Button>}>There are flows; none of them is like this.</Empty>;
  }
  return (
    <Empty title="No flows yet" action={<Button component={Link} to="/main/welcome">Make the first one</Button>}>
      A flow says in YAML what is to be done, in which order and when. Write one, or import those you have.
    </Empty>
  );
}
