import { expect, test } from 'vitest';
import { nextPart } from './useList';

test('parts follow on one another without a gap and grow to a limit', () => {
  const found = [];
  for (let loaded = 100; loaded < 4000;) {
    const { page, size } = nextPart(loaded);
    expect((page - 1) * size, `after ${loaded}`).toBe(loaded);
    loaded += size;
    found.push(size);
  }
  expect(found).toEqual([100, 200, 400, 800, 800, 800, 800]);
});
