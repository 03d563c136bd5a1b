import { expect, test } from 'vitest';
import { many, one, parseSearch, writeSearch } from './search';

test('an address reads back as it was written', () => {
  const search = { q: '12', 'filters[labels][EQUALS]': ['team:a b', 'x:y'], page: '2' };
  expect(parseSearch(writeSearch(search))).toEqual(search);
});

test('brackets and colons stay readable', () => {
  expect(writeSearch({ 'filters[state][IN]': 'FAILED' })).toBe('?filters[state][IN]=FAILED');
});

test('what is not set leaves no trace', () => {
  expect(writeSearch({ q: '', page: undefined, labels: [] })).toBe('');
});

test('one and many read both shapes', () => {
  const search = parseSearch('?a=1&b=2&b=3');
  expect([one(search, 'a'), one(search, 'b'), one(search, 'c')]).toEqual(['1', '2', undefined]);
  expect([many(search, 'a'), many(search, 'b'), many(search, 'c')]).toEqual([['1'], ['2', '3'], []]);
});
