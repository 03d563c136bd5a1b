import { expect, test } from 'vitest';
import type { Execution, StateName, TaskRun } from '@/api/types';
import { merged } from './merge';

const state = (current: StateName) => ({ current, histories: [], startDate: '2026-01-01T00:00:00Z' });
const run = (id: string, current: StateName = 'RUNNING'): TaskRun => ({ id, taskId: id, state: state(current) });
const execution = (...taskRunList: TaskRun[]): Execution => ({ id: 'e', namespace: 'n', flowId: 'f', flowRevision: 1, state: state('RUNNING'), taskRunList });
const seen = (one: Execution) => one.taskRunList?.map((each) => `${each.id} ${each.state.current}`);

test('changes take the place of what they change, new task runs come last', () => {
  const next = merged(execution(run('a'), run('b')), { ...execution(run('c'), run('a', 'SUCCESS')), partial: true });
  expect(seen(next)).toEqual(['a SUCCESS', 'b RUNNING', 'c RUNNING']);
  expect(next).not.toHaveProperty('partial');
});

test('a whole execution replaces all: task runs may be gone', () => {
  expect(seen(merged(execution(run('a'), run('b')), execution(run('b'))))).toEqual(['b RUNNING']);
});

test('what did not change stays the same object', () => {
  const before = execution(run('a'), run('b'));
  const next = merged(before, { ...execution(run('b', 'SUCCESS')), partial: true });
  expect(next.taskRunList?.[0]).toBe(before.taskRunList?.[0]);
});

test('the first update may be a partial one', () => {
  expect(seen(merged(undefined, { ...execution(run('a')), partial: true }))).toEqual(['a RUNNING']);
});
