/** What can be done to an execution: when, with which effect in words, and how the server is asked. */
import { MAIN, ask, query } from '@/api/client';
import type { Execution, Label, StateName, TaskRun } from '@/api/types';
import { isEnded } from '@/format/state';
import { confirm, type Question } from '@/ui/confirm';
import { tell } from '@/ui/notify';
import { innermost, names } from './story';

export type Plain = 'restart' | 'kill' | 'pause' | 'unqueue' | 'forceRun' | 'resumeBreakpoint' | 'delete';

export function possible(execution: Execution) {
  const state = execution.state.current;
  const ended = isEnded(state);
  return {
    restart: state === 'FAILED',
    replay: ended,
    kill: !ended && state !== 'KILLING',
    pause: state === 'RUNNING',
    resume: state === 'PAUSED',
    resumeBreakpoint: state === 'BREAKPOINT',
    unqueue: state === 'QUEUED',
    forceRun: state === 'CREATED' || state === 'QUEUED',
    changeState: ended,
    labels: ended,
    delete: true,
  };
}

const url = (execution: Execution, action: string) => `${MAIN}/executions/${execution.id}/${action}`;
const runsIn = (execution: Execution, ...states: StateName[]) =>
  innermost(execution.taskRunList ?? []).filter((run) => states.includes(run.state.current));
const count = (runs: TaskRun[]) => `${runs.length} task run${runs.length === 1 ? '' : 's'}`;

/** `became` is the execution that goes on, when it is another one. */
export type Done = (action: Plain, became?: Execution) => void;

/** The question before an action that needs no form; its text says the effect. */
export function questionOf(action: Plain, execution: Execution, onDone: Done): Question {
  const post = (path: string, method = 'POST') => async () => {
    await ask(url(execution, path), { method });
    onDone(action);
  };
  switch (action) {
    case 'restart': {
      const again = runsIn(execution, 'FAILED', 'KILLED');
      const kept = runsIn(execution, 'SUCCESS', 'WARNING', 'SKIPPED');
      return {
        title: 'Restart this execution', action: 'Restart',
        effect: `${again.length ? `${names(again)} ${again.length === 1 ? 'is' : 'are'} run again` : 'It begins anew'}, ${count(kept)} that ended well ${kept.length === 1 ? 'is' : 'are'} kept. When the flow was changed since, it goes on as a new execution of the newest revision; else this one goes on.`,
        options: [{ id: 'latest', label: 'Use the newest revision of the flow', isOn: true }],
        run: async ({ latest }) => {
          const newest = latest ? (await ask<{ revision: number }>(`${MAIN}/flows/${execution.namespace}/${execution.flowId}`)).revision : execution.flowRevision;
          const revision = newest === execution.flowRevision ? undefined : newest;
          onDone(action, await ask<Execution>(`${url(execution, 'restart')}${query({ revision })}`, { method: 'POST' }));
        },
      };
    }
    case 'kill': return {
      title: 'Kill this execution', action: 'Kill', isDangerous: true,
      effect: `Nothing new starts, and ${count(runsIn(execution, 'RUNNING', 'PAUSED', 'CREATED', 'RETRYING'))} under way ${runsIn(execution, 'RUNNING', 'PAUSED', 'CREATED', 'RETRYING').length === 1 ? 'is' : 'are'} stopped. What has ended stays as it is. It cannot go on afterwards, only be replayed.`,
      options: [{ id: 'cascade', label: 'Kill the executions it started too', isOn: true }],
      run: async ({ cascade }) => {
        await ask(`${url(execution, 'kill')}${query({ isOnKillCascade: cascade })}`, { method: 'DELETE' });
        onDone(action);
      },
    };
    case 'pause': return {
      title: 'Pause this execution', action: 'Pause', run: post('pause'),
      effect: `What runs now goes on to its end (${names(runsIn(execution, 'RUNNING')) || 'nothing'}); no new task starts until somebody resumes it.`,
    };
    case 'unqueue': return {
      title: 'Take it out of the queue', action: 'Run now', run: post(`unqueue${query({ state: 'RUNNING' })}`),
      effect: 'It begins at once, above the concurrency limit of its flow.',
    };
    case 'forceRun': return {
      title: 'Force it to run', action: 'Force to run', run: post('force-run'),
      effect: 'It begins at once, whatever it waits for: the concurrency limit or its planned time.',
    };
    case 'resumeBreakpoint': return {
      title: 'Go on from the breakpoint', action: 'Go on', run: post('resume-from-breakpoint'), effect: 'It goes on to its end.',
    };
    case 'delete': return {
      title: 'Delete this execution', action: 'Delete', isDangerous: true,
      effect: `${isEnded(execution.state.current) ? '' : 'It still runs: its tasks are not stopped by this. '}It is forgotten for good, with what is ticked below. There is no way back.`,
      options: [
        { id: 'deleteLogs', label: 'Its logs', isOn: true },
        { id: 'deleteMetrics', label: 'Its metrics', isOn: true },
        { id: 'deleteStorage', label: 'The files it stored', isOn: true },
      ],
      run: async (chosen) => {
        await ask(`${MAIN}/executions/${execution.id}${query(chosen)}`, { method: 'DELETE' });
        onDone(action);
      },
    };
  }
}

const SAID: Record<Plain, string> = {
  restart: 'It is restarted.', kill: 'It is being stopped.', pause: 'No new task starts.', unqueue: 'It begins now.',
  forceRun: 'It begins now.', resumeBreakpoint: 'It goes on.', delete: 'It is deleted.',
};

export const start = (action: Plain, execution: Execution, onDone: Done): void =>
  confirm(questionOf(action, execution, (done, became) => {
    tell(became && became.id !== execution.id ? 'It goes on as a new execution.' : SAID[done]);
    onDone(done, became);
  }));

/** What declaring a state does, said before it is done. */
export function effectOfState(state: StateName, run: TaskRun | undefined): string {
  if (!run) return `The execution is declared ${state}. No task is run; flows that listen for this state may begin.`;
  switch (state) {
    case 'SUCCESS': return `${run.taskId} is declared to have ended well, and the execution goes on with what comes after it.`;
    case 'WARNING': return `${run.taskId} is declared to have ended with a warning, and the execution goes on with what comes after it.`;
    case 'SKIPPED': return `${run.taskId} is declared skipped, and the execution goes on with what comes after it.`;
    case 'CANCELLED': return `${run.taskId} is declared cancelled, and the execution ends so.`;
    default: return `${run.taskId} is declared failed: the execution goes to its error branch, then it fails.`;
  }
}

export const changeState = (execution: Execution, state: StateName, run: TaskRun | undefined): Promise<unknown> => run
  ? ask(url(execution, 'state'), { method: 'POST', json: { taskRunId: run.id, state } })
  : ask(`${url(execution, 'change-status')}${query({ status: state })}`, { method: 'POST' });

export const setLabels = (execution: Execution, labels: Label[]): Promise<unknown> =>
  ask(url(execution, 'labels'), { method: 'POST', json: labels });
