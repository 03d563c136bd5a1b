/** The states of a run on the boxes of its flow. */
import type { Execution, StateName, TaskRun } from '@/api/types';
import { elapsed, isEnded } from '@/format/state';
import { duration } from '@/format/time';
import type { Look, LookOf } from '@/topology/look';
import { every, type Item, type Structure } from '@/topology/structure';

/** Worst or liveliest first: the state that stands for many. */
const ORDER: StateName[] = [
  'RUNNING', 'RETRYING', 'PAUSED', 'BREAKPOINT', 'KILLING', 'CREATED', 'RESTARTED', 'QUEUED',
  'FAILED', 'KILLED', 'WARNING', 'CANCELLED', 'RETRIED', 'SKIPPED', 'SUCCESS',
];

export function stateOfMany(runs: readonly TaskRun[]): StateName | undefined {
  const present = new Set(runs.map((run) => run.state.current));
  return ORDER.find((state) => present.has(state));
}

export function countsOf(runs: readonly TaskRun[]): [StateName, number][] {
  const counts = new Map<StateName, number>();
  runs.forEach((run) => counts.set(run.state.current, (counts.get(run.state.current) ?? 0) + 1));
  return [...counts].sort(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other));
}

export class Runs {
  private readonly byTask = new Map<string, TaskRun[]>();
  private readonly byId = new Map<string, TaskRun>();

  constructor(runs: readonly TaskRun[]) {
    for (const run of runs) {
      this.byId.set(run.id, run);
      const same = this.byTask.get(run.taskId);
      if (same) same.push(run);
      else this.byTask.set(run.taskId, [run]);
    }
  }

  /** The runs of a task; with a chosen iteration only those within it. */
  of(taskId: string, iteration?: { loop: string; value: string }): readonly TaskRun[] {
    const all = this.byTask.get(taskId) ?? [];
    return iteration ? all.filter((run) => this.isWithin(run, iteration)) : all;
  }

  private isWithin(run: TaskRun, { loop, value }: { loop: string; value: string }): boolean {
    for (let at: TaskRun | undefined = run; at; at = at.parentTaskRunId ? this.byId.get(at.parentTaskRunId) : undefined) {
      const parent = at.parentTaskRunId ? this.byId.get(at.parentTaskRunId) : undefined;
      if (parent?.taskId === loop) return nameOfIteration(at) === value;
    }
    return true;
  }

  /** What a loop went through, in order. */
  iterations(loop: string): string[] {
    const found = new Set<string>();
    for (const run of this.byId.values()) {
      const parent = run.parentTaskRunId ? this.byId.get(run.parentTaskRunId) : undefined;
      if (parent?.taskId === loop) found.add(nameOfIteration(run));
    }
    return [...found];
  }
}

export const nameOfIteration = (run: TaskRun): string => run.value ?? String(run.iteration ?? '');

function lookAt(item: Item, runs: readonly TaskRun[], now: number, iterations: number): Look {
  const state = stateOfMany(runs);
  if (!state) return iterations ? { note: `${iterations} iterations` } : {};
  const [only] = runs;
  if (runs.length === 1 && only) {
    const took = isEnded(only.state.current) || only.state.current === 'RUNNING' ? duration(elapsed(only.state, now)) : undefined;
    return { state, note: [item.isLoop && iterations ? `${iterations} iterations` : undefined, took].filter(Boolean).join(' · ') || undefined };
  }
  const done = runs.filter((run) => isEnded(run.state.current)).length;
  return { state, note: `${done} of ${runs.length}`, counts: countsOf(runs) };
}

/** Boxes inside an expanded subflow are of another execution: `others` has those, by the path of the task that started it. */
export function looksOf(
  structure: Structure, execution: Execution, chosen: ReadonlyMap<string, string>, others: ReadonlyMap<string, Execution>, now: number,
): LookOf {
  const looks = new Map<string, Look>();
  const add = (items: readonly Item[], runs: Runs, iteration?: { loop: string; value: string }) => {
    for (const item of items) {
      const own = runs.of(item.id, iteration);
      looks.set(item.path, lookAt(item, own, now, item.isLoop ? runs.iterations(item.id).length : 0));
      const other = others.get(item.path);
      const value = chosen.get(item.path);
      const inner = other ? new Runs(other.taskRunList ?? []) : runs;
      item.branches.forEach((branch) => add(branch.items, inner, other ? undefined : value ? { loop: item.id, value } : iteration));
    }
  };
  const runs = new Runs(execution.taskRunList ?? []);
  add(structure.tasks, runs);
  structure.aside.forEach((branch) => add(branch.items, runs));
  const trigger = execution.trigger?.id;
  return (item) => looks.get(item.path) ?? (item.isTrigger && item.id === trigger ? { state: 'SUCCESS', note: 'started this' } : {});
}

export const loopsIn = (structure: Structure): Item[] => [...every(structure.tasks)].filter((item) => item.isLoop);
