/** The columns of the list of executions. Cells are plain elements: thousands of rows scroll by. */
import type { ReactNode } from 'react';
import type { Execution } from '@/api/types';
import type { Chip } from '@/filters/filters';
import { elapsed, isEnded } from '@/format/state';
import { duration, parseDuration, relative } from '@/format/time';
import { badgeOf } from '@/ui/State';

export interface Column {
  name: string;
  label: string;
  width: string;
  sort?: string;
  /** `now` is the present moment, as often as the row has to tell it. */
  cell: (execution: Execution, now: number) => ReactNode;
}

const shownLabels = (execution: Execution) => (execution.labels ?? []).filter((label) => !label.key.startsWith('system.'));

function took({ state }: Execution, now: number): string {
  const known = isEnded(state.current) && state.duration ? parseDuration(state.duration) : undefined;
  return duration(known ?? elapsed(state, now));
}

/** A value that filters by itself; the table has the clicks (`chipOf`). */
const pick = (field: string, value: string, shown: ReactNode = value) => (
  <button type="button" className="pick" data-pick={field} data-value={value} title={`Show only ${value}`}>{shown}</button>
);

const OPERATORS: Record<string, string> = { state: 'IN', flowId: 'EQUALS', namespace: 'PREFIX' };

/** The filter that a click on an element asks for. */
export function chipOf(target: Element): Chip | undefined {
  const at = target.closest<HTMLElement>('[data-pick]');
  const { pick: field = '', value = '', label } = at?.dataset ?? {};
  if (!at) return undefined;
  if (label !== undefined) return { field: 'labels', operator: 'EQUALS', key: label, value };
  return { field, operator: OPERATORS[field] ?? 'EQUALS', value };
}

/** The table shows the whole moment on hover. */
const ago = (date: string | undefined, now: number) =>
  date ? <time dateTime={date}>{relative(date, Math.max(now, Date.parse(date)))}</time> : <span className="quiet">–</span>;

export const COLUMNS: readonly Column[] = [
  {
    name: 'id', label: 'Id', width: '104px', sort: 'id',
    cell: ({ namespace, flowId, id }) => (
      // A plain link that the table opens: those of the router cost too much where thousands of rows scroll by.
      <a className="mono" title={id} data-open={id} href={`${import.meta.env.BASE_URL}main/executions/${namespace}/${flowId}/${id}/overview`}>{id}</a>
    ),
  },
  { name: 'state', label: 'State', width: '112px', sort: 'state.current', cell: ({ state: { current } }) => pick('state', current, badgeOf(current)) },
  { name: 'flow', label: 'Flow', width: 'minmax(96px, 1.4fr)', sort: 'flowId', cell: ({ flowId }) => pick('flowId', flowId) },
  { name: 'namespace', label: 'Namespace', width: 'minmax(110px, 1.5fr)', sort: 'namespace', cell: ({ namespace }) => pick('namespace', namespace) },
  {
    name: 'labels', label: 'Labels', width: 'minmax(110px, 1.4fr)',
    cell: (execution) => shownLabels(execution).map(({ key, value }) => {
      const text = `${key}:${value}`;
      return <button key={text} type="button" className="label" data-pick="labels" data-label={key} data-value={value} title={`Show only ${text}`}>{text}</button>;
    }),
  },
  { name: 'start', label: 'Began', width: '108px', sort: 'state.startDate', cell: ({ state }, now) => ago(state.startDate, now) },
  { name: 'end', label: 'Ended', width: '108px', sort: 'state.endDate', cell: ({ state }, now) => ago(state.endDate, now) },
  { name: 'duration', label: 'Took', width: '84px', sort: 'state.duration', cell: took },
  { name: 'trigger', label: 'Trigger', width: 'minmax(60px, 0.7fr)', cell: ({ trigger }) => <span className="quiet">{trigger?.id ?? '–'}</span> },
  { name: 'revision', label: 'Revision', width: '80px', cell: ({ flowRevision }) => flowRevision },
  { name: 'inputs', label: 'Inputs', width: 'minmax(120px, 1.2fr)', cell: ({ inputs }) => <span className="mono quiet" title={JSON.stringify(inputs, undefined, 2)}>{inputs ? JSON.stringify(inputs) : ''}</span> },
];

export const USUAL = ['id', 'state', 'flow', 'namespace', 'labels', 'start', 'duration', 'trigger'];
