/** Task runs on the axis of time: bars with their states, attempts, the critical path; a click opens the task run. */
import { Checkbox } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { Execution } from '@/api/types';
import { groupOf, isEnded } from '@/format/state';
import { duration } from '@/format/time';
import { Icon } from '@/ui/Icon';
import { Empty } from '@/ui/Notes';
import { StateBadge } from '@/ui/State';
import { useNow } from '@/ui/Time';
import { criticalPath } from './critical';
import { rowsOf, spanOf, ticksOf, type Row, type Span } from './gantt';

const HEIGHT = 32;

interface LineProps {
  row: Row;
  span: Span;
  top: number;
  isCritical: boolean;
  isPicked: boolean;
  isActive: boolean;
  onPick: (id: string) => void;
  onToggle: (id: string) => void;
}

function Attempts({ row, span }: { row: Row; span: Span }) {
  const attempts = row.run.attempts ?? [];
  if (attempts.length < 2) return null;
  return attempts.slice(1).map((attempt, index) => {
    const from = (Date.parse(attempt.state.startDate) - span.start) / (span.end - span.start);
    return <i key={index} className="gantt-attempt" title={`Attempt ${index + 2}`} style={{ left: `${from * 100}%` }} />;
  });
}

const Line = memo(function Line({ row, span, top, isCritical, isPicked, isActive, onPick, onToggle }: LineProps) {
  const { run, depth, children, isOpen, segments, milliseconds } = row;
  const tries = run.attempts?.length ?? 0;
  const offset = Date.parse(run.state.histories[0]?.date ?? run.state.startDate) - span.start;
  const said = `${run.taskId}${run.value === undefined ? '' : ` ${run.value}`}, ${run.state.current}, began at ${duration(offset)}, took ${duration(milliseconds)}`;
  return (
    <div role="listitem" className="gantt-line" data-picked={isPicked} data-active={isActive} data-critical={isCritical} style={{ transform: `translateY(${top}px)` }}>
      <div className="gantt-name" style={{ paddingLeft: 8 + depth * 16 }}>
        {children > 0
          ? <button type="button" className="gantt-fold" tabIndex={-1} aria-label={`${isOpen ? 'Close' : 'Open'} ${run.taskId}, ${children} inside`} aria-expanded={isOpen} onClick={() => onToggle(run.id)}><Icon name={isOpen ? 'down' : 'right'} size={13} /></button>
          : <span className="gantt-fold" />}
        <button type="button" className="gantt-task" tabIndex={-1} aria-label={said} onClick={() => onPick(run.id)}>
          {run.taskId}
          {run.value !== undefined && <span className="quiet"> {run.value}</span>}
        </button>
        {tries > 1 && <span className="label" title={`${tries} attempts`}>×{tries}</span>}
        {children > 0 && !isOpen && <span className="quiet">{children}</span>}
      </div>
      <StateBadge state={run.state.current} />
      {/* The same as the name, for pointers only: keys and readers have the name. */}
      <button type="button" className="gantt-track" tabIndex={-1} aria-hidden="true" title={said} onClick={() => onPick(run.id)}>
        {segments.map((segment, index) => (
          <i key={index} className={`gantt-bar fill-${groupOf(segment.state)}`} style={{ left: `${segment.from * 100}%`, width: `max(3px, ${(segment.to - segment.from) * 100}%)` }} />
        ))}
        <Attempts row={row} span={span} />
      </button>
      <span className="gantt-time">{duration(milliseconds)}</span>
    </div>
  );
});

export function Gantt({ execution, picked, onPick }: { execution: Execution; picked?: string; onPick: (id: string) => void }) {
  const isLive = !isEnded(execution.state.current);
  const now = useNow(isLive, 500);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [hasPath, setPath] = useState(true);
  const [hidesGood, setHidesGood] = useState(false);
  const [active, setActive] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => {
    const all = rowsOf(execution, closed, now);
    return hidesGood ? all.filter((row) => row.run.state.current !== 'SUCCESS') : all;
  }, [execution, closed, now, hidesGood]);
  const path = useMemo(() => (hasPath ? criticalPath(execution.taskRunList ?? [], now) : new Set<string>()), [execution.taskRunList, hasPath, now]);
  const span = useMemo(() => spanOf(execution, now), [execution, now]);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => HEIGHT, overscan: 10 });
  const toggle = (id: string) => setClosed((before) => {
    const next = new Set(before);
    if (!next.delete(id)) next.add(id);
    return next;
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    const moves: Record<string, number> = { ArrowDown: active + 1, j: active + 1, ArrowUp: active - 1, k: active - 1, Home: 0, End: rows.length - 1 };
    const next = moves[event.key];
    if (next !== undefined) {
      const to = Math.max(0, Math.min(rows.length - 1, next));
      setActive(to);
      virtual.scrollToIndex(to);
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
      <div className="bar">
        <Checkbox label="Mark the critical path" checked={hasPath} onChange={(event) => setPath(event.currentTarget.checked)} />
        <Checkbox label="Hide what ended well" checked={hidesGood} onChange={(event) => setHidesGood(event.currentTarget.checked)} />
        <span className="push quiet">{rows.length} rows, {duration(whole)} in all</span>
      </div>
      <div className="surface gantt">
        <div className="gantt-axis" aria-hidden="true">
          <span>Task</span><span>State</span>
          <div>{ticksOf(whole).filter((tick) => tick < whole * 0.93).map((tick) => <i key={tick} style={{ left: `${(tick / whole) * 100}%` }}>{tick ? duration(tick) : 0}</i>)}</div>
          <span>Took</span>
        </div>
        {/* The list has the keys: arrows move, Enter opens a task run. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
        <div ref={scroller} className="gantt-rows" role="list" aria-label="Task runs; arrow keys move, Enter opens" tabIndex={0} onKeyDown={onKeyDown}>
          <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows[index];
              return row && (
                <Line key={row.run.id} row={row} span={span} top={start} isCritical={path.has(row.run.id)} isPicked={row.run.id === picked}
                  isActive={index === active} onPick={onPick} onToggle={toggle} />
              );
            })}
          </div>
        </div>
      </div>
    </section>
  );
}
