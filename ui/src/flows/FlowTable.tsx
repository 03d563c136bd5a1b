import { Checkbox, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { lastExecutions } from '@/api/queries';
import type { Flow, Label, LastExecution } from '@/api/types';
import { labelsOf } from '@/format/labels';
import { shortType } from '@/topology/structure';
import { Icon } from '@/ui/Icon';
import { Labels } from '@/ui/Labels';
import { LastRuns } from './LastRuns';

export const keyOf = ({ namespace, id }: { namespace: string; id: string }): string => `${namespace}/${id}`;

function Triggers({ flow }: { flow: Flow }) {
  const names = (flow.triggers ?? []).map((one) => `${String(one['id'])} (${shortType(String(one['type'] ?? ''))})`);
  if (!names.length) return null;
  return (
    <Tooltip label={names.join(', ')} multiline maw={320}>
      <span className="quiet flow-triggers" role="img" aria-label={`Triggers: ${names.join(', ')}`}><Icon name="bolt" size={14} /> {names.length}</span>
    </Tooltip>
  );
}

const RUNS = 12;

/** Tells the last runs of a flow; nothing while they are asked for. */
function useLastRuns(flows: Flow[]): (flow: Flow) => LastExecution[] | undefined {
  const { data, isPlaceholderData } = useQuery(lastExecutions(flows.map(({ namespace, id }) => ({ namespace, id })), RUNS));
  return useMemo(() => {
    const found = new Map<string, LastExecution[]>();
    for (const run of data ?? []) {
      const key = keyOf({ namespace: run.namespace, id: run.flowId });
      found.set(key, [...(found.get(key) ?? []), run]);
    }
    // While another page is asked for, the runs of the one before say nothing of flows that were not on it.
    const isKnown = data !== undefined && !isPlaceholderData;
    return (flow) => found.get(keyOf(flow)) ?? (isKnown ? [] : undefined);
  }, [data, isPlaceholderData]);
}

function Row({ flow, runs, isActive, isTicked, onTick, onLabel, onNamespace }: {
  flow: Flow; runs: LastExecution[] | undefined; isActive: boolean; isTicked: boolean; onTick: () => void; onLabel: (label: Label) => void; onNamespace: (namespace: string) => void;
}) {
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isActive) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  const { namespace, id } = flow;
  return (
    <tr ref={row} data-active={isActive} data-off={flow.disabled}>
      <td className="flow-tick"><Checkbox aria-label={`Choose ${namespace}.${id}`} checked={isTicked} onChange={onTick} /></td>
      <td>
        <span className="flow-cell">
          <Link to="/main/flows/edit/$namespace/$id/$tab" params={{ namespace, id, tab: 'edit' }} title={flow.description ?? id} className="flow-name">{id}</Link>
          {flow.disabled && <span className="quiet"> · disabled</span>}
          <Triggers flow={flow} />
        </span>
      </td>
      <td><button type="button" className="plain flow-cell" title={`Show only ${namespace}`} onClick={() => onNamespace(namespace)}>{namespace}</button></td>
      <td><span className="flow-labels"><Labels labels={labelsOf(flow.labels)} most={1} onPick={(text) => {
        const colon = text.indexOf(':');
        onLabel({ key: text.slice(0, colon), value: text.slice(colon + 1) });
      }} /></span></td>
      <LastRuns runs={runs} />
    </tr>
  );
}

export function FlowTable({ flows, active, ticked, onTick, onTickAll, onLabel, onNamespace, sort, onSort }: {
  flows: Flow[]; active: number; ticked: ReadonlySet<string>; onTick: (flow: Flow) => void; onTickAll: (isOn: boolean) => void;
  onLabel: (label: Label) => void; onNamespace: (namespace: string) => void; sort: string; onSort: (sort: string) => void;
}) {
  const last = useLastRuns(flows);
  const count = flows.filter((flow) => ticked.has(keyOf(flow))).length;
  const sorted = (field: string, label: string) => {
    const [by, direction] = sort.split(':');
    const isBy = by === field;
    return (
      <th aria-sort={!isBy ? undefined : direction === 'asc' ? 'ascending' : 'descending'}>
        <button type="button" className="plain" onClick={() => onSort(`${field}:${isBy && direction === 'asc' ? 'desc' : 'asc'}`)}>
          {label}{isBy && (direction === 'asc' ? ' ↑' : ' ↓')}
        </button>
      </th>
    );
  };
  return (
    <div className="surface scroll-x">
      <table className="list flows">
        <thead>
          <tr>
            <th className="flow-tick"><Checkbox aria-label="Choose all of this page" checked={count > 0 && count === flows.length} indeterminate={count > 0 && count < flows.length}
              onChange={(event) => onTickAll(event.currentTarget.checked)} /></th>
            {sorted('id', 'Flow')}{sorted('namespace', 'Namespace')}<th>Labels</th><th>Last run</th><th>Last runs</th>
          </tr>
        </thead>
        <tbody>
          {flows.map((flow, index) => (
            <Row key={keyOf(flow)} flow={flow} runs={last(flow)} isActive={index === active} isTicked={ticked.has(keyOf(flow))} onTick={() => onTick(flow)} onLabel={onLabel} onNamespace={onNamespace} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
