import { expect, test } from 'vitest';
import type { JsonMap } from '@/api/types';
import { layoutOf, ranksOf, type Box } from './layout';
import { allItems, structureOf } from './structure';
import { fittingDirection } from './TopologyView';

const FLOW = 'io.kestra.plugin.core.flow';
const log = (id: string): JsonMap => ({ id, type: 'io.kestra.plugin.core.log.Log' });
const open = () => true;
const boxes = (flow: JsonMap, isOpen = open) => new Map(layoutOf(structureOf(flow), 'right', isOpen).boxes.map((box) => [box.item.id, box]));
const holds = (outer: Box | undefined, inner: Box | undefined) =>
  !!outer && !!inner && inner.x >= outer.x && inner.y >= outer.y
  && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;
const touch = (one: Box, other: Box) =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

const RICH: JsonMap = {
  triggers: [{ id: 'daily', type: 'io.kestra.plugin.core.trigger.Schedule' }],
  tasks: [
    log('first'),
    { id: 'fork', type: `${FLOW}.Parallel`, tasks: [log('a'), { id: 'seq', type: `${FLOW}.Sequential`, tasks: [log('b'), log('c')] }] },
    { id: 'choice', type: `${FLOW}.If`, condition: 'x', then: [log('yes')], else: [log('no')] },
    { id: 'way', type: `${FLOW}.Switch`, value: 'x', cases: { one: [log('c1')], two: [log('c2')] }, defaults: [log('d')] },
    { id: 'dag', type: `${FLOW}.Dag`, tasks: [{ task: log('d1') }, { task: log('d2'), dependsOn: ['d1'] }, { task: log('d3'), dependsOn: ['d1'] }] },
    { id: 'each', type: `${FLOW}.ForEach`, values: '[1]', tasks: [log('in')] },
    { id: 'child', type: `${FLOW}.Subflow`, namespace: 'demo', flowId: 'other' },
  ],
  errors: [log('alarm')],
};

test('every task has a box and none outside its group', () => {
  const found = boxes(RICH);
  expect(found.size).toBe(allItems(structureOf(RICH)).length);
  for (const [outer, inner] of [['fork', 'a'], ['fork', 'seq'], ['seq', 'b'], ['choice', 'no'], ['way', 'c2'], ['dag', 'd3'], ['each', 'in']]) {
    expect(holds(found.get(outer ?? ''), found.get(inner ?? '')), `${outer} around ${inner}`).toBe(true);
  }
});

test.each(['right', 'down'] as const)('boxes that are no groups never overlap (%s)', (direction) => {
  const single = layoutOf(structureOf(RICH), direction, open).boxes.filter((box) => !box.isGroup);
  const pairs = single.flatMap((one, index) => single.slice(index + 1).filter((other) => touch(one, other)).map((other) => `${one.item.id} and ${other.item.id}`));
  expect(pairs).toEqual([]);
});

test('edges run along a sequence and along what a dag says', () => {
  const { edges } = layoutOf(structureOf(RICH), 'right', open);
  const ids = edges.map((edge) => edge.id);
  expect(ids).toContain('first→fork');
  expect(ids).toContain('fork/seq/b→fork/seq/c');
  expect(ids).toContain('dag/d1→dag/d3');
  expect(ids).toContain('trigger:/daily→first');
  expect(ids).not.toContain('dag/d2→dag/d3');
});

test('a closed group is as small as a task', () => {
  const found = boxes(RICH, () => false);
  expect(found.has('in')).toBe(false);
  expect(found.get('each')).toMatchObject({ isGroup: false, width: found.get('first')?.width });
});

test('loops and subflows are known as such', () => {
  const items = new Map(allItems(structureOf(RICH)).map((item) => [item.id, item]));
  expect(items.get('each')?.isLoop).toBe(true);
  expect(items.get('child')?.subflow).toEqual({ namespace: 'demo', flowId: 'other' });
});

test('half-written text draws what there is', () => {
  const half = { tasks: [{ type: 'x' }, { type: 'x' }, null, 'text', log('same'), log('same')] } as JsonMap;
  const paths = allItems(structureOf(half)).map((item) => item.path);
  expect(paths).toEqual(['(no id)', '(no id)#2', 'same', 'same#2']);
  expect(structureOf({})).toEqual({ triggers: [], tasks: [], aside: [] });
});

test('a circle in a dag ends', () => {
  const dag = { id: 'dag', type: `${FLOW}.Dag`, tasks: [{ task: log('a'), dependsOn: ['b'] }, { task: log('b'), dependsOn: ['a'] }] };
  const [item] = structureOf({ tasks: [dag] }).tasks;
  expect(ranksOf(item?.branches[0]?.items ?? []).flat()).toHaveLength(2);
});

test('a thousand tasks are all laid out', () => {
  const tasks = Array.from({ length: 100 }, (_, group) => ({
    id: `g${group}`, type: `${FLOW}.Parallel`, tasks: Array.from({ length: 9 }, (_, one) => log(`t${group}_${one}`)),
  }));
  const { boxes, edges } = layoutOf(structureOf({ tasks }), 'right', open);
  expect([boxes.length, edges.length]).toEqual([1000, 99]);
});

test('half a flow is drawn as far as it goes', () => {
  expect(allItems(structureOf({ tasks: [{ id: 'a' }, null, 'x', { id: null }, { type: 'b.C' }] })).map((item) => item.id)).toEqual(['a', '(no id)']);
});

test('every task knows its place in the document', () => {
  const places = Object.fromEntries(allItems(structureOf(RICH)).map((item) => [item.id, item.at]));
  expect([places['daily'], places['b'], places['no'], places['c2'], places['d2'], places['alarm']]).toEqual(
    ['triggers[0]', 'tasks[1].tasks[1].tasks[0]', 'tasks[2].else[0]', 'tasks[3].cases.two[0]', 'tasks[4].tasks[1].task', 'errors[0]'],
  );
});

test('a long flow is drawn downwards where it would be too small to read across', () => {
  const flow = structureOf({ tasks: Array.from({ length: 8 }, (_, index) => log(`t${index}`)) });
  expect(fittingDirection(flow, open, { width: 2400, height: 300 })).toBe('right');
  expect(fittingDirection(flow, open, { width: 500, height: 800 })).toBe('down');
});
