import { expect, test } from 'vitest';
import { layout } from './layout';
import { everyTask, treeOf } from './tasks';

const log = (id: string, rest = {}) => ({ id, type: 'io.kestra.plugin.core.log.Log', ...rest });
const flowable = (id: string, type: string, rest: object) => ({ id, type: `io.kestra.plugin.core.flow.${type}`, ...rest });
const graphOf = (flow: object) => layout(treeOf(flow as Parameters<typeof treeOf>[0]));

test('tasks follow each other downwards with an arrow between', () => {
  const { boxes, arrows } = graphOf({ tasks: [log('a'), log('b')] });
  expect(boxes.map((box) => box.label)).toEqual(['a', 'b']);
  expect(boxes[1]?.y).toBeGreaterThan((boxes[0]?.y ?? 0) + (boxes[0]?.height ?? 0));
  expect(arrows).toEqual([{ from: 'tasks[0]', to: 'tasks[1]' }]);
});

test('parallel tasks stand side by side inside their box, without arrows', () => {
  const { boxes, arrows } = graphOf({ tasks: [flowable('p', 'Parallel', { tasks: [log('a'), log('b')] })] });
  const [around, a, b] = boxes;
  expect([a?.around, b?.around]).toEqual([around?.key, around?.key]);
  expect(a?.y).toBe(b?.y);
  expect(b?.x).toBeGreaterThan((a?.x ?? 0) + (a?.width ?? 0));
  expect(arrows).toEqual([]);
});

test('each branch of an If has a box of its own that holds its tasks', () => {
  const { boxes } = graphOf({ tasks: [flowable('if', 'If', { then: [log('yes')], else: [log('no')] })] });
  expect(boxes.filter((box) => box.kind === 'branch').map((box) => box.label)).toEqual(['then', 'else']);
  for (const box of boxes.filter((one) => one.around)) {
    const around = boxes.find((one) => one.key === box.around);
    expect(box.x + box.width).toBeLessThanOrEqual(around?.width ?? 0);
    expect(box.y + box.height).toBeLessThanOrEqual(around?.height ?? 0);
  }
});

test('a Dag is drawn in the order of what waits for what, and a circle does not hang', () => {
  const step = (id: string, ...dependsOn: string[]) => ({ task: log(id), dependsOn });
  const { boxes, arrows } = graphOf({ tasks: [flowable('d', 'Dag', { tasks: [step('a'), step('b', 'a'), step('c', 'a')] })] });
  const y = Object.fromEntries(boxes.map((box) => [box.label, box.y]));
  expect(y['b']).toBe(y['c']);
  expect(y['b']).toBeGreaterThan(y['a'] ?? 0);
  expect(arrows).toHaveLength(2);
  expect(graphOf({ tasks: [flowable('d', 'Dag', { tasks: [step('a', 'b'), step('b', 'a')] })] }).boxes).toHaveLength(3);
});

test('half a flow is drawn as far as it goes', () => {
  const { boxes } = graphOf({ tasks: [{ id: 'a' }, null, 'x', { type: 'b.C' }] });
  expect(boxes.map((box) => box.label)).toEqual(['a', '(no id)']);
});

// Tried again where other work took the processor away meanwhile.
test('a thousand tasks are laid out within a few milliseconds', { retry: 5 }, () => {
  const flow = { tasks: Array.from({ length: 1000 }, (_, index) => log(`t${index}`)) };
  const tree = treeOf(flow);
  expect([...everyTask(tree.branches)]).toHaveLength(1000);
  const before = performance.now();
  expect(layout(tree).arrows).toHaveLength(999);
  expect(performance.now() - before).toBeLessThan(500);
});
