import { expect, test } from 'vitest';
import { STATES, type Execution, type StateName, type TaskRun } from '@/api/types';
import { executionOf, stateOf, taskRunOf } from '@/testing/documents';
import { storyOf } from './story';

const END = '2026-01-01T00:00:05Z';
const state = (current: StateName) => stateOf(current, { endDate: END });
const run = (taskId: string, current: StateName, parentTaskRunId?: string): TaskRun => taskRunOf(taskId, { parentTaskRunId, state: state(current) });
const execution = (current: StateName, ...taskRunList: TaskRun[]): Execution => executionOf(taskRunList, { state: state(current) });
const story = (...given: Parameters<typeof execution>) => storyOf(execution(...given), Date.parse(END));

test('a failure names the task inside and not the group around it', () => {
  const told = story('FAILED', run('good', 'SUCCESS'), run('group', 'FAILED'), run('bad', 'FAILED', 'group'));
  expect(told.what).toBe('It failed after 5.00 s in bad.');
  expect(told.next).toContain('1 task run that ended well is not run again.');
  expect(told.about.map((one) => one.taskId)).toEqual(['bad']);
});

test('a failure before any task says so', () => {
  expect(story('FAILED').what).toBe('It failed after 5.00 s, before a task began.');
});

test('a pause tells where it waits', () => {
  expect(story('PAUSED', run('approve', 'PAUSED')).what).toBe('It has waited at approve for 5.00 s.');
  expect(story('PAUSED', run('work', 'RUNNING')).why).toBe('No new task starts until it is resumed.');
});

test('many tasks are named by three', () => {
  const runs = ['a', 'b', 'c', 'd', 'e'].map((id) => run(id, 'RUNNING'));
  expect(story('RUNNING', ...runs).what).toBe('It runs a, b, c and 2 more; 0 task runs ended so far.');
});

test.each(STATES)('%s has a story', (name) => {
  expect(story(name).what).toMatch(/^It /);
});
