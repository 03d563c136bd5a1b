import { expect, test } from 'vitest';
import { parseSearch, writeSearch } from '@/app/search';
import { chipsOf, filtersIn, searchWith, toggled, words, type Chip, type Field } from './filters';

const FAILED: Chip = { field: 'state', operator: 'IN', value: 'FAILED,KILLED' };
const TEAM: Chip = { field: 'labels', operator: 'EQUALS', key: 'team', value: 'a:b, c' };

test('chips come back from the address they were written in', () => {
  const written = writeSearch(searchWith({}, [FAILED, TEAM, { field: 'q', operator: 'EQUALS', value: 'x' }]));
  expect(chipsOf(parseSearch(written))).toEqual([FAILED, TEAM, { field: 'q', operator: 'EQUALS', value: 'x' }]);
});

test('a label may be written as key:value', () => {
  expect(chipsOf({ 'filters[labels][EQUALS]': 'team:a:b' })).toEqual([{ ...TEAM, value: 'a:b' }]);
});

test('the same filter twice stays twice', () => {
  const two = [{ ...TEAM, value: '1' }, { ...TEAM, value: '2' }];
  expect(chipsOf(searchWith({}, two))).toEqual(two);
});

test('new filters keep what else the address holds but not its page', () => {
  expect(searchWith({ sort: 'id:asc', page: '3', 'filters[q][EQUALS]': 'old' }, [])).toEqual({ sort: 'id:asc' });
  expect(filtersIn({ sort: 'id:asc', 'filters[q][EQUALS]': 'x' })).toEqual({ 'filters[q][EQUALS]': 'x' });
});

test('a filter is put on and taken off', () => {
  expect(toggled([], FAILED)).toEqual([FAILED]);
  expect(toggled([FAILED, TEAM], { ...FAILED })).toEqual([TEAM]);
});

test('chips are read aloud in words', () => {
  const state: Field = { name: 'state', label: 'State', kind: 'states', operators: ['IN'] };
  const range: Field = { name: 'timeRange', label: 'Time', kind: 'range', operators: ['EQUALS'] };
  expect(words(FAILED, state)).toBe('State is FAILED or KILLED');
  expect(words(TEAM, { name: 'labels', label: 'Label', kind: 'labels', operators: [] })).toBe('Label team is a:b, c');
  expect(words({ field: 'timeRange', operator: 'EQUALS', value: 'PT24H' }, range)).toBe('Last 24 hours');
});
