/** What happened to an execution, why, and what a person can do: in words. */
import type { Execution, TaskRun } from '@/api/types';
import { elapsed, isEnded } from '@/format/state';
import { duration } from '@/format/time';

export interface Story {
  what: string;
  why?: string;
  next: string[];
  /** The task runs the story is about. */
  about: TaskRun[];
}

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export function names(runs: readonly TaskRun[]): string {
  const ids = [...new Set(runs.map((run) => run.taskId))];
  if (ids.length > 3) return `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more`;
  return ids.length > 1 ? `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}` : (ids[0] ?? '');
}

/** Without the runs around others: a group fails because something in it did. */
export function innermost(runs: readonly TaskRun[]): TaskRun[] {
  const parents = new Set(runs.map((run) => run.parentTaskRunId));
  return runs.filter((run) => !parents.has(run.id));
}

const inState = (runs: readonly TaskRun[], ...states: string[]) => runs.filter((run) => states.includes(run.state.current));

function failed(runs: TaskRun[], after: string): Story {
  const about = innermost(inState(runs, 'FAILED'));
  const good = innermost(inState(runs, 'SUCCESS', 'WARNING')).length;
  const attempts = Math.max(1, ...about.map((run) => run.attempts?.length ?? 1));
  return {
    about,
    what: about.length ? `It failed after ${after} in ${names(about)}.` : `It failed after ${after}, before a task began.`,
    why: attempts > 1 ? `It was tried ${attempts} times.` : undefined,
    next: [
      'Mend the flow and restart: it goes on at what failed, as a new execution when the flow was changed.',
      good ? `${plural(good, 'task run')} that ended well ${good === 1 ? 'is' : 'are'} not run again.` : 'Nothing had ended well before it.',
      'Or replay it from any task, with other inputs.',
    ],
  };
}

export function storyOf(execution: Execution, now: number): Story {
  const runs = execution.taskRunList ?? [];
  const after = duration(elapsed(execution.state, now));
  const active = innermost(runs.filter((run) => !isEnded(run.state.current)));
  const done = innermost(runs).filter((run) => isEnded(run.state.current)).length;
  const paused = inState(runs, 'PAUSED');
  switch (execution.state.current) {
    case 'SUCCESS': return { about: [], what: `It ended well after ${after}: ${plural(innermost(runs).length, 'task run')}.`, next: ['Look at its outputs, or replay it with other inputs.'] };
    case 'WARNING': {
      const about = innermost(inState(runs, 'WARNING', 'FAILED'));
      return { about, what: `It ended after ${after} with a warning${about.length ? ` in ${names(about)}` : ''}.`, why: 'Something failed that was allowed to.', next: ['Read the log of the task, then replay it if the result is not what you need.'] };
    }
    case 'FAILED': return failed(runs, after);
    case 'RUNNING': return { about: active, what: active.length ? `It runs ${names(active)}; ${plural(done, 'task run')} ended so far.` : 'It runs; the next task is about to begin.', next: ['Nothing is needed from you. Pause keeps new tasks from starting; kill stops it.'] };
    case 'PAUSED': return {
      about: paused, what: paused.length ? `It has waited at ${names(paused)} for ${after}.` : `It was paused by somebody; it began ${after} ago.`,
      why: paused.length ? 'The flow asks a person, or a moment, to let it go on.' : 'No new task starts until it is resumed.', next: ['Resume it to go on, or kill it.'],
    };
    case 'BREAKPOINT': return { about: active, what: `It stopped before ${names(active) || 'a task'}.`, why: 'There is a breakpoint.', next: ['Resume it to go on to the next breakpoint or to the end.'] };
    case 'QUEUED': return { about: [], what: `It has waited in line for ${after}.`, why: 'As many executions of the flow run as its concurrency limit allows.', next: ['It begins by itself when another ends. Or let it run now, above the limit.'] };
    case 'KILLED': return { about: innermost(inState(runs, 'KILLED')), what: `It was stopped after ${after}.`, why: 'Somebody, or the flow that started it, killed it.', next: ['Replay it to run it again.'] };
    case 'KILLING': return { about: active, what: `It is being stopped${active.length ? `; still in ${names(active)}` : ''}.`, next: ['Tasks that do not listen are given some time.'] };
    case 'CANCELLED': return { about: [], what: 'It was cancelled.', why: 'The concurrency limit of the flow, or somebody, said so.', next: ['Replay it to run it after all.'] };
    case 'RETRYING': return { about: active, what: `It tries again${active.length ? `: ${names(active)}` : ''}.`, why: 'A try failed and the flow allows more of them.', next: ['Nothing is needed from you.'] };
    case 'RETRIED': return { about: [], what: 'It failed and was run again as a new execution.', next: ['Look at the new execution.'] };
    case 'SKIPPED': return { about: [], what: 'It was skipped.', next: [] };
    default: return { about: [], what: execution.scheduleDate ? 'It begins at the time it was planned for.' : 'It is about to begin.', next: [] };
  }
}
