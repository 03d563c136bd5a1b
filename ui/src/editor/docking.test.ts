import { expect, test } from 'vitest';
import { closed, moved, opened, resized, type Layout } from './docking';

const START: Layout = [{ share: 1, panels: [{ id: 'code', share: 1 }] }, { share: 1, panels: [{ id: 'graph', share: 1 }, { id: 'docs', share: 1 }] }];
const shape = (layout: Layout) => layout.map((column) => column.panels.map((panel) => panel.id).join('/')).join(' | ');

test.each([
  ['left', 'code | docs | graph'], ['right', 'code | graph | docs'], ['above', 'code | docs/graph'], ['below', 'code | graph/docs'],
] as const)('a panel goes to the %s of another', (side, expected) => expect(shape(moved(START, 'docs', 'graph', side))).toBe(expected));

test('a column that lost its last panel is gone, and a panel comes back at the right', () => {
  const without = closed(closed(START, 'docs'), 'graph');
  expect(shape(without)).toBe('code');
  expect(shape(opened(opened(without, 'docs'), 'graph'))).toBe('code | docs/graph');
});

test('what is dropped from elsewhere moves nothing', () => expect(moved(START, 'stranger', 'code', 'left')).toBe(START));

test('borders move, but no panel vanishes by it', () => {
  expect(resized(START, 1, undefined, 0.1).map((column) => column.share)).toEqual([1.2, 0.8]);
  expect(resized(START, 1, undefined, 5)[1]?.share).toBeCloseTo(0.3);
  expect(resized(START, 1, 1, -0.1)[1]?.panels.map((panel) => panel.share)).toEqual([0.8, 1.2]);
});
