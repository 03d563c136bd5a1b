/** The chain of task runs that made an execution last as long as it did. */
import type { TaskRun } from '@/api/types';

const NEAR = 5;
const startOf = (run: TaskRun) => Date.parse(run.state.histories[0]?.date ?? run.state.startDate);
const endOf = (run: TaskRun, now: number) => Date.parse(run.state.endDate ?? '') || now;

/** Ids of the task runs on the critical path: from the last to end back over those that ended just before it began. */
export function criticalPath(runs: readonly TaskRun[], now: number): ReadonlySet<string> {
  const known = new Set(runs.map((run) => run.id));
  const below = new Map<string, TaskRun[]>();
  for (const run of runs) {
    const parent = run.parentTaskRunId && known.has(run.parentTaskRunId) ? run.parentTaskRunId : '';
    const siblings = below.get(parent);
    if (siblings) siblings.push(run);
    else below.set(parent, [run]);
  }
  const found = new Set<string>();
  const walk = (parent: string) => {
    // By end, latest first: the one before a run is the next in the list that ended by its start.
    const siblings = (below.get(parent) ?? []).map((run) => ({ run, start: startOf(run), end: endOf(run, now) }));
    siblings.sort((one, other) => other.end - one.end || other.start - one.start);
    let limit = Infinity;
    for (const { run, start, end } of siblings) {
      if (end > limit + NEAR || start >= limit) continue;
      found.add(run.id);
      limit = start;
      walk(run.id);
    }
  };
  walk('');
  return found;
}
