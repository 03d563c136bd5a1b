import { expect, test } from 'vitest';
import { diff } from './diff';

const marks = (before: string, after: string) =>
  diff(before, after).map(({ kind, text }) => ({ same: ' ', removed: '-', added: '+' })[kind] + text);

test.each([
  ['nothing', 'a\nb', 'a\nb', [' a', ' b']],
  ['a changed line', 'a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
  ['an inserted line', 'a\nc', 'a\nb\nc', [' a', '+b', ' c']],
  ['a removed line', 'a\nb\nc', 'a\nc', [' a', '-b', ' c']],
  ['lines that stay between changes', 'a\nb\nc\nd', 'x\nb\nc\ny', ['-a', '+x', ' b', ' c', '-d', '+y']],
])('%s', (_, before, after, expected) => expect(marks(before, after)).toEqual(expected));

test('line numbers are those of each text', () => {
  expect(diff('a\nb', 'x\na\nb').map(({ before, after }) => [before, after])).toEqual([[undefined, 1], [1, 2], [2, 3]]);
});

test('two long texts without anything in common do not take for ever', () => {
  const many = (word: string) => Array.from({ length: 5000 }, (_, index) => `${word}${index}`).join('\n');
  expect(diff(many('a'), many('b'))).toHaveLength(10_000);
});
