import { expect, test } from 'vitest';
import type { CheckedInput } from '@/api/types';
import { formOf, fromLocal, listIn, startValues, textOf, toLocal } from './values';

test('an execution fills the form with what it was given', () => {
  const inputs = ['name', 'count', 'list', 'a.b', 'gone'].map((id) => ({ id, type: 'STRING' }));
  expect(startValues(inputs, { name: 'x', count: 3, list: ['p', 1], a: { b: true } })).toEqual({ name: 'x', count: '3', list: '["p",1]', 'a.b': 'true' });
});

test('what is empty or switched off is not sent; a file is called like its input', () => {
  const off: CheckedInput = { input: { id: 'off', type: 'STRING' }, enabled: false };
  const form = formOf({ a: '1', empty: '', off: 'x', none: undefined, data: new File(['z'], 'z.csv') }, [off]);
  expect([...form.keys()]).toEqual(['a', 'files']);
  expect((form.get('files') as File).name).toBe('data');
});

test('values are read as they were written', () => {
  expect([textOf(null), textOf(false), textOf({ a: 1 })]).toEqual([undefined, 'false', '{"a":1}']);
  expect([listIn('["a",2]'), listIn('no list'), listIn(undefined)]).toEqual([['a', '2'], [], []]);
  expect(fromLocal(toLocal('2026-05-04T03:02:01.000Z'))).toBe('2026-05-04T03:02:01.000Z');
});
