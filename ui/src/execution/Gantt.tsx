/** Task runs on the axis of time: bars with their states, attempts, the critical path; a click opens the task run. */
import { Checkbox } from '@mantine/core';
import { memo, useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type RefObject } from 'react';
import type { Execution, StateName } from '@/api/types';
import { groupOf, isEnded } from '@/format/state';
import { duration } from '@/format/time';
import { Icon } from '@/ui/Icon';
import { Empty } from '@/ui/Notes';
import { useRows } from '@/ui/rows';
import { badgeOf } from '@/ui/State';
import { useNow } from '@/ui/Time';
import { criticalPath } from './critical';
import { rowsOf, segmentsOf, spanOf, ticksOf, type Row, type Span } from './gantt';

const HEIGHT = 32;
/** States in which a task run does nothing: drawn thin, so that the work stands out. */
const WAITING: ReadonlySet<StateName> = new Set<StateName>(['CREATED', 'QUEUED', 'RESTARTED', 'RETRYING', 'PAUSED', 'BREAKPOINT']);

interface LineProps {
  row: Row;
  span: Span;
  index: number;
  top: number;
  isCritical: boolean;
  isPicked: boolean;
  isActive: boolean;
}

const percent = (share: number) => `${share * 100}%`;

function bars({ run }: Row, span: Span) {
  const retries = (run.attempts ?? []).slice(1);
  return [
    ...segmentsOf(run, span).map(({ state, from, to }, index) => (
      <i key={index} className={`gantt-bar fill-${groupOf(state)}`} data-waits={WAITING.has(state)} style={{ left: percent(from), width: `max(3px, ${percent(to - from)})` }} />
    )),
    ...retries.map((attempt, index) => {
      const from = (Date.parse(attempt.state.startDate) - span.start) / (span.end - span.start);
      return <i key={`${index}a`} className="gantt-attempt" title={`Attempt ${index + 2}`} style={{ left: percent(from) }} />;
    }),
  ];
}

/** Plain elements without listeners: the list has those (`onClick` below). */
const Line = memo(function Line({ row, span, index, top, isCritical, isPicked, isActive }: LineProps) {
  const { run, depth, children, isOpen, at, milliseconds } = row;
  const tries = run.attempts?.length ?? 0;
  const took = duration(milliseconds);
  const said = `${run.taskId}${run.value === undefined ? '' : ` ${run.value}`}, ${run.state.current}, began at ${duration(at - span.start)}, took ${took}`;
  return (
    <div role="listitem" className="gantt-line" data-index={index} data-run={run.id} data-picked={isPicked} data-active={isActive} data-critical={isCritical} style={{ transform: `translateY(${top}px)` }}>
      <div className="gantt-name" style={{ paddingLeft: 8 + depth * 16 }}>
        {children > 0
          ? <button type="button" className="gantt-fold" tabIndex={-1} data-fold aria-label={`${isOpen ? 'Close' : 'Open'} ${run.taskId}, ${children} inside`} aria-expanded={isOpen}><Icon name={isOpen ? 'down' : 'right'} size={13} /></button>
          : <span className="gantt-fold" />}
        <button type="button" className="gantt-task" tabIndex={-1} data-pick aria-label={said}>
          {run.taskId}
          {run.value !== undefined && <span className="quiet"> {run.value}</span>}
        </button>
        {tries > 1 && <span className="label" title={`${tries} attempts`}>×{tries}</span>}
        {children > 0 && !isOpen && <span className="quiet">{children}</span>}
      </div>
      {badgeOf(run.state.current)}
      {/* The same as the name, for pointers only: keys and readers have the name. */}
      <button type="button" className="gantt-track" tabIndex={-1} data-pick aria-hidden="true" title={said}>{bars(row, span)}</button>
      <span className="gantt-time">{took}</span>
    </div>
  );
});

interface RowsProps {
  rows: readonly Row[];
  span: Span;
  path: ReadonlySet<string>;
  picked?: string;
  active: number;
  /** Brings a row onto the screen. */
  show: RefObject<((index: number) => void) | undefined>;
  onKeyDown: (event: KeyboardEvent) => void;
  onClick: (event: MouseEvent) => void;
}

/** What scrolls. */
function Rows({ rows, span, path, picked, active, show, onKeyDown, onClick }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { shown, total, show: bring } = useRows({ scroller, count: rows.length, height: HEIGHT });
  useImperativeHandle(show, () => bring, [bring]);
  return (
    // The list has the keys: arrows move, Enter opens a task run.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions
    <div ref={scroller} className="gantt-rows" role="list" aria-label="Task runs; arrow keys move, Enter opens" tabIndex={0} onKeyDown={onKeyDown} onClick={onClick}>
      <div role="presentation" style={{ height: total, position: 'relative' }}>
        {shown.map(({ index, slot, top }) => {
          const row = rows[index];
          return row && (
            <Line key={slot} row={row} span={span} index={index} top={top} isCritical={path.has(row.run.id)} isPicked={row.run.id === picked} isActive={index === active} />
          );
        })}
      </div>
    </div>
  );
}

export function Gantt({ execution, picked, onPick }: { execution: Execution; picked?: string; onPick: (id: string) => void }) {
  const isLive = !isEnded(execution.state.current);
  const now = useNow(isLive, 500);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [hasPath, setPath] = useState(true);
  const [hidesGood, setHidesGood] = useState(false);
  const [active, setActive] = useState(0);
  const show = useRef<(index: number) => void>(undefined);
  const rows = useMemo(() => {
    const all = rowsOf(execution, closed, now);
    return hidesGood ? all.filter((row) => row.run.state.current !== 'SUCCESS') : all;
  }, [execution, closed, now, hidesGood]);
  const path = useMemo(() => (hasPath ? criticalPath(execution.taskRunList ?? [], now) : new Set<string>()), [execution.taskRunList, hasPath, now]);
  const span = useMemo(() => spanOf(execution, now), [execution, now]);
  const toggle = (id: string) => setClosed((before) => {
    const next = new Set(before);
    if (!next.delete(id)) next.add(id);
    return next;
  });
  const onClick = ({ target }: MouseEvent) => {
    const id = target instanceof Element ? target.closest('[data-run]')?.getAttribute('data-run') : undefined;
    if (!id || !(target instanceof Element)) return;
    if (target.closest('[data-fold]')) toggle(id);
    else if (target.closest('[data-pick]')) onPick(id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    const moves: Record<string, number> = { ArrowDown: active + 1, j: active + 1, ArrowUp: active - 1, k: active - 1, Home: 0, End: rows.length - 1 };
    const next = moves[event.key];
    if (next !== undefined) {
      const to = Math.max(0, Math.min(rows.length - 1, next));
      setActive(to);
      show.current?.(to);
    } else if (event.key === 'Enter' && row) onPick(row.run.id);
    else if (row && ((event.key === 'ArrowLeft' && row.isOpen) || (event.key === 'ArrowRight' && !row.isOpen))) toggle(row.run.id);
    else return;
    event.preventDefault();
  };
  if ((execution.taskRunList ?? []).length === 0) {
    return <Empty title="No task has begun">{isLive ? 'Bars appear here as soon as the first one does.' : 'The execution ended before it came to a task.'}</Empty>;
  }
  const whole = span.end - span.start;
  return (
    <section className="tall" aria-label="Gantt">
      <div className="bar" style={{ columnGap: 20 }}>
        <Checkbox label="Mark the critical path" checked={hasPath} onChange={(event) => setPath(event.currentTarget.checked)} />
        <Checkbox label="Hide what ended well" checked={hidesGood} onChange={(event) => setHidesGood(event.currentTarget.checked)} />
        <span className="push quiet">{rows.length} rows, {duration(whole)} in all; thin bars wait</span>
      </div>
      <div className="surface gantt">
        <div className="gantt-axis" aria-hidden="true">
          <span>Task</span><span>State</span>
          <div>{ticksOf(whole).filter((tick) => tick < whole * 0.93).map((tick) => <i key={tick} style={{ left: `${(tick / whole) * 100}%` }}>{tick ? duration(tick) : 0}</i>)}</div>
          <span>Took</span>
        </div>
        <Rows show={show} rows={rows} span={span} path={path} picked={picked} active={active} onKeyDown={onKeyDown} onClick={onClick} />
      </div>
    </section>
  );
}
