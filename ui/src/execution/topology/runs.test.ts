import { expect, test } from 'vitest';
import type { Execution, StateName, TaskRun } from '@/api/types';
import { START, executionOf, stateOf, taskRunOf } from '@/testing/documents';
import { looksOf } from './runs';
import { allItems, structureOf, withSubflows } from '@/topology/structure';

const FLOW = 'io.kestra.plugin.core.flow';
const LOG = 'io.kestra.plugin.core.log.Log';
const run = (id: string, taskId: string, current: StateName, more: Partial<TaskRun> = {}): TaskRun => taskRunOf(id, { taskId, state: stateOf(current, { startDate: START, endDate: '2026-01-01T00:00:02Z' }), ...more });
const execution = (...taskRunList: TaskRun[]): Execution => executionOf(taskRunList, { trigger: { id: 'daily', type: 'x', variables: {} } });
const structure = structureOf({
  triggers: [{ id: 'daily', type: 'x' }],
  tasks: [{ id: 'each', type: `${FLOW}.ForEach`, tasks: [{ id: 'in', type: LOG }] }, { id: 'child', type: `${FLOW}.Subflow`, namespace: 'n', flowId: 'o' }, { id: 'last', type: LOG }],
});
const RUNS = [
  run('1', 'each', 'RUNNING'), run('2', 'in', 'SUCCESS', { parentTaskRunId: '1', value: 'a' }),
  run('3', 'in', 'FAILED', { parentTaskRunId: '1', value: 'b' }), run('4', 'child', 'SUCCESS', { outputs: { executionId: 'x' } }),
];
const look = (chosen = new Map<string, string>()) => {
  const of = looksOf(structure, execution(...RUNS), chosen, new Map(), Date.parse(START));
  return new Map(allItems(structure).map((item) => [item.path, of(item)]));
};

test('a task in a loop shows all its iterations, the worst first', () => {
  expect(look().get('each/in')).toEqual({ state: 'FAILED', note: '2 of 2', counts: [['FAILED', 1], ['SUCCESS', 1]] });
  expect(look().get('each')?.note).toContain('2 iterations');
});

test('a chosen iteration shows its own run only', () => {
  expect(look(new Map([['each', 'a']])).get('each/in')).toEqual({ state: 'SUCCESS', note: '2.00 s' });
});

test('what has not begun has no state; the trigger that started it has one', () => {
  expect(look().get('last')).toEqual({});
  expect(look().get('trigger:/daily')?.state).toBe('SUCCESS');
});

test('an expanded subflow shows the states of its own execution', () => {
  const grown = withSubflows(structure, new Map([['child', { tasks: [{ id: 'last', type: LOG }] }]]));
  const other = execution(run('9', 'last', 'WARNING'));
  const of = looksOf(grown, execution(...RUNS), new Map(), new Map([['child', other]]), Date.parse(START));
  const items = new Map(allItems(grown).map((item) => [item.path, of(item).state]));
  expect([items.get('child/last'), items.get('last')]).toEqual(['WARNING', undefined]);
});
