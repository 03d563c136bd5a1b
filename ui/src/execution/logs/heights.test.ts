import { expect, test } from 'vitest';
import { Heights, rowsOf } from './heights';

test.each([
  ['', 1], ['short', 1], ['exactly 10', 1], ['eleven char', 2], ['a\nb', 2], ['a\n', 2], ['eleven char\n\nb', 4],
])('%j takes %i rows of ten columns', (text, rows) => expect(rowsOf(text, 10)).toBe(rows));

test('places of lines are those of adding up, whatever changes', () => {
  const heights = new Heights();
  const plain: number[] = [];
  const check = (what: string) => {
    let sum = 0;
    plain.forEach((rows, index) => {
      if (index % 97 === 0 || index > plain.length - 3) {
        expect(heights.before(index), `${what}: before ${index}`).toBe(sum);
        expect(heights.at(sum), `${what}: at the first row of ${index}`).toBe(index);
        expect(heights.at(sum + rows - 1), `${what}: at the last row of ${index}`).toBe(index);
      }
      sum += rows;
    });
    expect([heights.count, heights.total], what).toEqual([plain.length, sum]);
  };
  heights.resize(1500);
  plain.push(...Array<number>(1500).fill(1));
  check('fresh');
  for (const index of [0, 3, 511, 512, 700, 1499]) {
    plain[index] = index % 7 + 2;
    heights.set(index, index % 7 + 2);
  }
  check('some are higher');
  const more = Array.from({ length: 900 }, (_, index) => (index % 5) + 1);
  heights.push(more);
  plain.push(...more);
  check('added');
  heights.push([3, 1]);
  plain.push(3, 1);
  check('two more');
  heights.resize(600);
  plain.length = 600;
  check('fewer');
  heights.resize(1300);
  plain.push(...Array<number>(700).fill(1));
  check('others in their place');
});

test('beyond the end there is the last line', () => {
  const heights = new Heights();
  heights.resize(3);
  expect([heights.at(-5), heights.at(99)]).toEqual([0, 2]);
});
