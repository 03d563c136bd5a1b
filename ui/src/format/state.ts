/** What a state means on the screen; colours are tokens of the group (tokens.css). */
import type { Execution, State, StateName } from '@/api/types';

export type StateGroup = 'fresh' | 'idle' | 'running' | 'paused' | 'warning' | 'success' | 'failed' | 'killed';

const GROUPS: Record<StateName, StateGroup> = {
  CREATED: 'fresh', RESTARTED: 'fresh',
  QUEUED: 'idle', CANCELLED: 'idle', SKIPPED: 'idle',
  RUNNING: 'running',
  PAUSED: 'paused', BREAKPOINT: 'paused',
  RETRYING: 'warning', RETRIED: 'warning', WARNING: 'warning',
  SUCCESS: 'success',
  FAILED: 'failed',
  KILLING: 'killed', KILLED: 'killed',
};
const ENDED = new Set<StateName>(['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'SKIPPED', 'RETRIED']);

export const groupOf = (state: StateName): StateGroup => GROUPS[state] ?? 'idle';
export const isEnded = (state: StateName): boolean => ENDED.has(state);

/** Milliseconds from the first step to the end, or to `now` while it lasts. */
export function elapsed(state: State, now: number): number {
  const start = Date.parse(state.startDate ?? state.histories[0]?.date ?? '');
  const last = state.histories.at(-1)?.date;
  const end = isEnded(state.current) ? Date.parse(state.endDate ?? last ?? '') : now;
  return Math.max(0, end - start);
}

export interface Allowed {
  restart: boolean;
  replay: boolean;
  kill: boolean;
  pause: boolean;
  resume: boolean;
  breakpoint: boolean;
  unqueue: boolean;
}

/** Which actions make sense now; the server has the last word. */
export function allowed(execution: Execution): Allowed {
  const state = execution.state.current;
  return {
    restart: state === 'FAILED',
    replay: isEnded(state),
    kill: !isEnded(state) && state !== 'KILLING',
    pause: state === 'RUNNING',
    resume: state === 'PAUSED',
    breakpoint: state === 'BREAKPOINT',
    unqueue: state === 'QUEUED',
  };
}

/** One sentence: what happened, and what a person can do next. */
export function summary(execution: Execution): string {
  const runs = execution.taskRunList ?? [];
  const failed = runs.filter((run) => run.state.current === 'FAILED');
  const active = runs.filter((run) => !isEnded(run.state.current));
  const names = (some: typeof runs) => {
    const ids = [...new Set(some.map((run) => run.taskId))];
    return ids.length > 3 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
  };
  switch (execution.state.current) {
    case 'SUCCESS': return `All ${runs.length} task runs ended well.`;
    case 'WARNING': return 'It ended with a warning: something failed that was allowed to.';
    case 'FAILED': return failed.length
      ? `It failed in ${names(failed)}. Mend the flow and restart: what succeeded is not run again.`
      : 'It failed before a task began.';
    case 'RUNNING': return active.length ? `Now in ${names(active)}.` : 'Running.';
    case 'PAUSED': return 'It waits for somebody to resume it.';
    case 'BREAKPOINT': return 'It stopped at a breakpoint.';
    case 'QUEUED': return 'It waits: as many executions of the flow run as its concurrency limit allows.';
    case 'KILLED': return 'Somebody stopped it.';
    case 'KILLING': return 'It is being stopped.';
    case 'CANCELLED': return 'It was cancelled before it began.';
    default: return 'It is about to begin.';
  }
}
