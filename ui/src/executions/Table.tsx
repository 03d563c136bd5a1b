/** The rows of a long list: only those on the screen are elements; keys move, pick and open. */
import { Checkbox } from '@mantine/core';
import { memo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import type { Execution } from '@/api/types';
import type { Chip } from '@/filters/filters';
import { isEnded } from '@/format/state';
import { Icon } from '@/ui/Icon';
import { useEnd, useRows } from '@/ui/rows';
import { tellMoment, useNow } from '@/ui/Time';
import { chipOf, type Column } from './columns';
import './executions.css';

const HEIGHT = 34;
const MINUTE_ISH = 30_000;

interface RowProps {
  execution: Execution;
  columns: readonly Column[];
  index: number;
  top: number;
  isSelected: boolean;
  isActive: boolean;
  now: number;
}

/** No component but this one, no listener: the list has them all. */
const TableRow = memo(function TableRow({ execution, columns, index, top, isSelected, isActive, now }: RowProps) {
  return (
    <div role="row" aria-rowindex={index + 2} aria-selected={isSelected} className="grid-row" data-index={index} data-active={isActive} style={{ transform: `translateY(${top}px)` }}>
      <div role="gridcell">
        <input type="checkbox" className="tick" aria-label={`Select ${execution.id}`} data-tick={execution.id} checked={isSelected} readOnly />
      </div>
      {columns.map((column) => <div key={column.name} role="gridcell">{column.cell(execution, now)}</div>)}
    </div>
  );
});

export interface TableProps {
  rows: readonly Execution[];
  total: number;
  columns: readonly Column[];
  sort: string;
  onSort: (sort: string) => void;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  onToggle: (chip: Chip) => void;
  onOpen: (execution: Execution) => void;
  onEnd: () => void;
}

function Head({ columns, sort, onSort, rows, selected, onSelect }: Pick<TableProps, 'columns' | 'sort' | 'onSort' | 'rows' | 'selected' | 'onSelect'>) {
  const [field, direction] = sort.split(':');
  const isAll = rows.length > 0 && rows.every((row) => selected.has(row.id));
  return (
    <div role="row" aria-rowindex={1} className="grid-row grid-head">
      <div role="columnheader">
        <Checkbox aria-label="Select all rows that are loaded" checked={isAll} indeterminate={!isAll && selected.size > 0}
          onChange={() => onSelect(new Set(isAll ? [] : rows.map((row) => row.id)))} />
      </div>
      {columns.map((column) => {
        const isSorted = column.sort !== undefined && column.sort === field;
        const next = `${column.sort ?? ''}:${isSorted && direction === 'desc' ? 'asc' : 'desc'}`;
        return (
          <div key={column.name} role="columnheader" aria-sort={isSorted ? (direction === 'asc' ? 'ascending' : 'descending') : undefined}>
            {column.sort ? (
              <button type="button" className="pick" onClick={() => onSort(next)}>
                {column.label}{isSorted && <span style={{ transform: direction === 'asc' ? 'rotate(180deg)' : undefined, display: 'inline-flex' }}><Icon name="down" size={12} /></span>}
              </button>
            ) : column.label}
          </div>
        );
      })}
    </div>
  );
}

/** Ticks rows: with shift all from the last one ticked. */
function useSelect({ rows, selected, onSelect }: Pick<TableProps, 'rows' | 'selected' | 'onSelect'>) {
  const last = useRef<string>(undefined);
  return (id: string, isRange: boolean) => {
    const next = new Set(selected);
    const from = rows.findIndex((row) => row.id === last.current);
    const to = rows.findIndex((row) => row.id === id);
    if (isRange && from >= 0) rows.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((row) => next.add(row.id));
    else if (!next.delete(id)) next.add(id);
    last.current = id;
    onSelect(next);
  };
}

/** What scrolls; the page around it is not drawn again meanwhile. */
function Rows(props: TableProps) {
  const { rows, total, columns, selected, onToggle, onOpen, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const { shown, total: height, last, show } = useRows({ scroller, count: rows.length, height: HEIGHT });
  useEnd(last, rows.length, rows.length < total, onEnd);
  const select = useSelect(props);
  const minute = useNow(true, MINUTE_ISH);
  const moment = useNow(shown.some(({ index }) => !isEnded(rows[index]?.state.current ?? 'SUCCESS')), 500);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const moves: Record<string, number> = { ArrowDown: active + 1, j: active + 1, ArrowUp: active - 1, k: active - 1, PageDown: active + 15, PageUp: active - 15, Home: 0, End: rows.length - 1 };
    const next = moves[event.key];
    const row = rows[active];
    if (next !== undefined) {
      const to = Math.max(0, Math.min(rows.length - 1, next));
      setActive(to);
      show(to);
    } else if (event.key === 'Enter' && row) onOpen(row);
    else if ((event.key === 'x' || event.key === ' ') && row) select(row.id, event.shiftKey);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const { target } = event;
    if (event.defaultPrevented || !(target instanceof Element)) return;
    const ticked = target.getAttribute('data-tick');
    if (ticked) return select(ticked, event.shiftKey);
    const chip = chipOf(target);
    if (chip) return onToggle(chip);
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = target.closest('[data-open]')?.getAttribute('data-open');
    const row = rows.find((one) => one.id === id);
    if (!row) return;
    event.preventDefault();
    onOpen(row);
  };
  return (
    // The group of rows has the keys: j and k move, x selects, Enter opens.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions
    <div ref={scroller} className="grid-rows" role="rowgroup" aria-label="Rows; j and k move, x selects, Enter opens" tabIndex={0} data-list
      onKeyDown={onKeyDown} onClick={onClick} onPointerOver={tellMoment} onFocus={() => setActive((now) => Math.max(0, now))}>
      <div role="presentation" style={{ height, position: 'relative' }}>
        {shown.map(({ index, slot, top }) => {
          const row = rows[index];
          return row && (
            <TableRow key={slot} execution={row} columns={columns} index={index} top={top} isSelected={selected.has(row.id)} isActive={index === active}
              now={isEnded(row.state.current) ? minute : moment} />
          );
        })}
      </div>
    </div>
  );
}

export function Table(props: TableProps) {
  const { total, columns } = props;
  const template = `36px ${columns.map((column) => column.width).join(' ')}`;
  return (
    <div className="surface grid" role="grid" aria-label="Executions" aria-rowcount={total + 1} aria-multiselectable="true" style={{ ['--columns' as string]: template }}>
      <div role="rowgroup"><Head {...props} /></div>
      <Rows {...props} />
    </div>
  );
}
