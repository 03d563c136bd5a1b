import { expect, test } from 'vitest';
import type { StateCount, StateName } from '@/api/types';
import { RANGES, barsOf, ceilingOf, rateOf } from './chart';

const count = (start: string, state: StateName, number: number): StateCount => ({ start, state, count: number });
const now = Date.parse('2026-01-08T12:30:00Z');
const DAYS = RANGES[1];

test('there is a bar for every stretch, failed first', () => {
  const bars = barsOf([count('2026-01-08T00:00:00Z', 'SUCCESS', 3), count('2026-01-08T00:00:00Z', 'FAILED', 1), count('2026-01-02T00:00:00Z', 'RUNNING', 2)], DAYS, now);
  expect(bars.map((bar) => bar.total)).toEqual([2, 0, 0, 0, 0, 0, 4]);
  expect(bars.at(-1)).toMatchObject({ start: '2026-01-08T00:00:00.000Z', end: '2026-01-09T00:00:00.000Z', rate: 0.75, parts: [{ group: 'failed', count: 1 }, { group: 'success', count: 3 }] });
});

test('the rate counts only what ended', () => {
  expect(rateOf([count('', 'RUNNING', 5), count('', 'CANCELLED', 5)])).toBeUndefined();
  expect(rateOf([count('', 'WARNING', 1), count('', 'KILLED', 1), count('', 'PAUSED', 7)])).toBe(0.5);
});

test('the axis ends at a round number', () => {
  const bars = (total: number) => [{ start: '', end: '', total, parts: [] }];
  expect([0, 1, 3, 17, 500, 501].map((total) => ceilingOf(bars(total)))).toEqual([1, 1, 5, 20, 500, 1000]);
});
