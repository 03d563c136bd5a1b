import { expect, test } from 'vitest';
import type { TaskRun } from '@/api/types';
import { taskRunOf } from '@/testing/documents';
import { brief, expressionOf, outputPath } from './paths';

const run = (id: string, more: Partial<TaskRun> = {}): TaskRun => taskRunOf(id, more);

test.each([
  [['outputs', 'a', 'b'], 'outputs.a.b'],
  [['outputs', 'my-task', 'rows', 0], "outputs['my-task'].rows[0]"],
  [['outputs', 'a', "it's"], "outputs.a['it\\'s']"],
  [['outputs', 'each', '1'], "outputs.each['1']"],
])('%j is written %s', (path, expected) => {
  expect(expressionOf(path)).toBe(expected);
});

test('outputs in loops stand below the values around them', () => {
  const runs = new Map([run('outer'), run('a', { parentTaskRunId: 'outer', value: 'x' }), run('b', { parentTaskRunId: 'a', value: 'y' })].map((one) => [one.id, one]));
  expect(outputPath(runs.get('b') ?? run('none'), runs)).toEqual(['outputs', 'b', 'x', 'y']);
});

test('values are told in brief', () => {
  expect([brief([1]), brief({ a: 1, b: 2, c: 3, d: 4, e: 5 }), brief('x'), brief(null)]).toEqual(['1 item', '{a, b, c, d, …}', 'x', 'null']);
});
