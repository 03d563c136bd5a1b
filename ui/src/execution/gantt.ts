/** Rows and bars of a Gantt chart, from the task runs of an execution. */
import type { Execution, StateName, TaskRun } from '@/api/types';
import { isEnded } from '@/format/state';

export interface Segment {
  state: StateName;
  /** Share of the whole time, 0 to 1. */
  from: number;
  to: number;
}
export interface Row {
  run: TaskRun;
  depth: number;
  children: number;
  isOpen: boolean;
  /** When it began, as a moment. */
  at: number;
  milliseconds: number;
}
export interface Span {
  start: number;
  end: number;
}

const startOf = (run: TaskRun) => Date.parse(run.state.histories[0]?.date ?? run.state.startDate);

export function spanOf(execution: Execution, now: number): Span {
  const runs = execution.taskRunList ?? [];
  const start = Math.min(Date.parse(execution.state.startDate), ...runs.slice(0, 1).map(startOf));
  const last = execution.state.histories.at(-1)?.date ?? execution.state.startDate;
  const end = isEnded(execution.state.current) ? Date.parse(execution.state.endDate ?? last) : now;
  return { start, end: Math.max(end, start + 1) };
}

/** The bar of a task run, a part for each state it was in. */
export function segmentsOf(run: TaskRun, span: Span): Segment[] {
  const whole = span.end - span.start;
  const steps = run.state.histories;
  const found: Segment[] = [];
  steps.forEach((step, index) => {
    const next = steps[index + 1];
    if (!next && isEnded(step.state)) return;
    const to = next ? Date.parse(next.date) : span.end;
    const shown = next && isEnded(next.state) && step.state !== 'CREATED' ? next.state : step.state;
    const clamp = (at: number) => Math.min(1, Math.max(0, (at - span.start) / whole));
    found.push({ state: shown, from: clamp(Date.parse(step.date)), to: clamp(to) });
  });
  return found;
}

/** `closed` holds the task runs whose children are hidden. */
export function rowsOf(execution: Execution, closed: ReadonlySet<string>, now: number): Row[] {
  const runs = execution.taskRunList ?? [];
  const known = new Set(runs.map((run) => run.id));
  const below = new Map<string, TaskRun[]>();
  for (const run of runs) {
    const parent = run.parentTaskRunId && known.has(run.parentTaskRunId) ? run.parentTaskRunId : '';
    const siblings = below.get(parent);
    if (siblings) siblings.push(run);
    else below.set(parent, [run]);
  }
  const rows: Row[] = [];
  const add = (parent: string, depth: number) => {
    const siblings = (below.get(parent) ?? []).map((run) => ({ run, at: startOf(run) }));
    siblings.sort((one, other) => one.at - other.at);
    for (const { run, at } of siblings) {
      const isOpen = !closed.has(run.id);
      const last = run.state.histories.at(-1)?.date;
      const end = isEnded(run.state.current) ? Date.parse(run.state.endDate ?? last ?? '') : now;
      rows.push({
        run, depth, isOpen, at,
        children: below.get(run.id)?.length ?? 0,
        milliseconds: Math.max(0, end - at),
      });
      if (isOpen) add(run.id, depth + 1);
    }
  };
  add('', 0);
  return rows;
}

/** Round positions for the axis, in milliseconds from the start. */
export function ticksOf(milliseconds: number, most = 6): number[] {
  const raw = milliseconds / most;
  const power = 10 ** Math.floor(Math.log10(Math.max(raw, 1e-3)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw) ?? raw;
  const found: number[] = [];
  for (let at = 0; at <= milliseconds; at += step) found.push(at);
  return found;
}
