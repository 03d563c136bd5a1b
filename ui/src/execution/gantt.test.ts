import { expect, test } from 'vitest';
import type { Execution, StateName, TaskRun } from '@/api/types';
import { executionOf, stateOf, taskRunOf } from '@/testing/documents';
import { readsOf } from '@/testing/reads';
import { criticalPath } from './critical';
import { rowsOf, segmentsOf, spanOf, ticksOf } from './gantt';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const run = (id: string, from: number, to: number | undefined, parentTaskRunId?: string): TaskRun => {
  const steps: [StateName, number][] = [['CREATED', from], ['RUNNING', from]];
  if (to !== undefined) steps.push(['SUCCESS', to]);
  return taskRunOf(id, {
    parentTaskRunId,
    state: stateOf(to === undefined ? 'RUNNING' : 'SUCCESS', {
      startDate: at(from), endDate: to === undefined ? undefined : at(to), histories: steps.map(([state, second]) => ({ state, date: at(second) })),
    }),
  });
};
const execution = (taskRunList: TaskRun[], to?: number): Execution => executionOf(taskRunList, {
  state: stateOf(to === undefined ? 'RUNNING' : 'SUCCESS', { startDate: at(0), endDate: to === undefined ? undefined : at(to), histories: [{ state: 'CREATED', date: at(0) }] }),
});
const now = Date.parse(at(20));

test('the critical path is the chain that took longest', () => {
  const runs = [run('first', 0, 2), run('fork', 2, 9), run('slow', 2, 9, 'fork'), run('quick', 2, 4, 'fork'), run('last', 9, 10)];
  expect([...criticalPath(runs, now)].sort()).toEqual(['first', 'fork', 'last', 'slow']);
});

test('what still runs is its end', () => {
  expect([...criticalPath([run('a', 0, 5), run('b', 5, undefined), run('side', 0, 3)], now)].sort()).toEqual(['a', 'b']);
});

test('rows stand under what holds them, by their beginning, and close with it', () => {
  const runs = [run('in', 3, 4, 'out'), run('out', 1, 5), run('zero', 0, 1)];
  const shown = (closed: string[]) => rowsOf(execution(runs, 6), new Set(closed), now).map((row) => `${'-'.repeat(row.depth)}${row.run.id}`);
  expect(shown([])).toEqual(['zero', 'out', '-in']);
  expect(shown(['out'])).toEqual(['zero', 'out']);
});

test('bars are shares of the whole time', () => {
  const half = run('half', 0, 5);
  expect(segmentsOf(half, spanOf(execution([half], 10), now)).at(-1)).toEqual({ state: 'SUCCESS', from: 0, to: 0.5 });
  expect(spanOf(execution([]), now).end).toBe(now);
});

test('ticks are round and few', () => {
  expect(ticksOf(5000)).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
  expect(ticksOf(1).length).toBeLessThan(8);
});

test('of many task runs each is looked at a few times', () => {
  const runs = Array.from({ length: 2000 }, (_, index) => run(`r${index}`, index % 50, (index % 50) + 1, index % 10 ? `r${index - (index % 10)}` : undefined));
  const { things, count } = readsOf(runs, ['id', 'parentTaskRunId', 'state']);
  expect(rowsOf(execution(things, 60), new Set(), now).length).toBe(2000);
  criticalPath(things, now);
  expect(count() / 2000).toBeLessThan(30);
});
