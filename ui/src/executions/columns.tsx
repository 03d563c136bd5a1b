/** The columns of the list of executions. */
import type { ReactNode } from 'react';
import type { Execution } from '@/api/types';
import type { Chip } from '@/filters/filters';
import { duration, parseDuration } from '@/format/time';
import { isEnded } from '@/format/state';
import { Labels } from '@/ui/Labels';
import { StateBadge } from '@/ui/State';
import { Ago, Elapsed } from '@/ui/Time';

export interface Column {
  name: string;
  label: string;
  width: string;
  sort?: string;
  cell: (execution: Execution, toggle: (chip: Chip) => void) => ReactNode;
}

const shownLabels = (execution: Execution) => (execution.labels ?? []).filter((label) => !label.key.startsWith('system.'));

function Took({ execution: { state } }: { execution: Execution }) {
  const known = isEnded(state.current) && state.duration ? parseDuration(state.duration) : undefined;
  return known === undefined ? <Elapsed state={state} /> : duration(known);
}

const Pick = ({ title, onClick, children }: { title: string; onClick: () => void; children: ReactNode }) => (
  <button type="button" className="pick" title={title} onClick={onClick}>{children}</button>
);

export const COLUMNS: readonly Column[] = [
  {
    name: 'id', label: 'Id', width: '180px', sort: 'id',
    cell: ({ namespace, flowId, id }) => (
      // A plain link that the table opens: those of the router cost too much where thousands of rows scroll by.
      <a className="mono" data-open={id} href={`${import.meta.env.BASE_URL}main/executions/${namespace}/${flowId}/${id}/overview`}>{id}</a>
    ),
  },
  {
    name: 'state', label: 'State', width: '112px', sort: 'state.current',
    cell: ({ state: { current } }, toggle) => (
      <Pick title={`Show only ${current}`} onClick={() => toggle({ field: 'state', operator: 'IN', value: current })}><StateBadge state={current} /></Pick>
    ),
  },
  {
    name: 'flow', label: 'Flow', width: 'minmax(96px, 1.4fr)', sort: 'flowId',
    cell: ({ flowId }, toggle) => <Pick title={`Show only ${flowId}`} onClick={() => toggle({ field: 'flowId', operator: 'EQUALS', value: flowId })}>{flowId}</Pick>,
  },
  {
    name: 'namespace', label: 'Namespace', width: 'minmax(96px, 1.2fr)', sort: 'namespace',
    cell: ({ namespace }, toggle) => <Pick title={`Show only ${namespace}`} onClick={() => toggle({ field: 'namespace', operator: 'PREFIX', value: namespace })}>{namespace}</Pick>,
  },
  {
    name: 'labels', label: 'Labels', width: 'minmax(110px, 1.8fr)',
    cell: (execution, toggle) => (
      <Labels labels={shownLabels(execution)} onPick={(text) => {
        const colon = text.indexOf(':');
        toggle({ field: 'labels', operator: 'EQUALS', key: text.slice(0, colon), value: text.slice(colon + 1) });
      }} />
    ),
  },
  { name: 'start', label: 'Began', width: '108px', sort: 'state.startDate', cell: ({ state }) => <Ago date={state.startDate} /> },
  { name: 'end', label: 'Ended', width: '108px', sort: 'state.endDate', cell: ({ state }) => <Ago date={state.endDate} /> },
  { name: 'duration', label: 'Took', width: '84px', sort: 'state.duration', cell: (execution) => <Took execution={execution} /> },
  { name: 'trigger', label: 'Trigger', width: 'minmax(64px, 0.8fr)', cell: ({ trigger }) => <span className="quiet">{trigger?.id ?? '–'}</span> },
  { name: 'revision', label: 'Revision', width: '80px', cell: ({ flowRevision }) => flowRevision },
  { name: 'inputs', label: 'Inputs', width: 'minmax(120px, 1.2fr)', cell: ({ inputs }) => <span className="mono quiet" title={JSON.stringify(inputs, undefined, 2)}>{inputs ? JSON.stringify(inputs) : ''}</span> },
];

export const USUAL = ['id', 'state', 'flow', 'namespace', 'labels', 'start', 'duration', 'trigger'];
