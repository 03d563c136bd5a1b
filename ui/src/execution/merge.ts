/** One execution out of the events of its stream. */
import type { Execution } from '@/api/types';

/** What the stream sends: the whole execution, or (`partial`) the task runs that changed. */
export type Update = Execution & { partial?: boolean };

export function merged(before: Execution | undefined, update: Update): Execution {
  const { partial, ...execution } = update;
  if (!partial || !before) return execution;
  const changed = new Map((update.taskRunList ?? []).map((run) => [run.id, run]));
  const runs = (before.taskRunList ?? []).map((run) => {
    const next = changed.get(run.id);
    changed.delete(run.id);
    return next ?? run;
  });
  return { ...execution, taskRunList: changed.size ? [...runs, ...changed.values()] : runs };
}
