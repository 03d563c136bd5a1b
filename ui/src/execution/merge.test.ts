import { expect, test } from 'vitest';
import type { Execution, StateName, TaskRun } from '@/api/types';
import { executionOf, stateOf, taskRunOf } from '@/testing/documents';
import { merged } from './merge';

const run = (id: string, current: StateName = 'RUNNING'): TaskRun => taskRunOf(id, { state: stateOf(current) });
const execution = (...taskRunList: TaskRun[]): Execution => executionOf(taskRunList);
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
