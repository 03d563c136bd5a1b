import { expect, test } from 'vitest';
import { checkedOf } from '@/testing/documents';
import { defaultOf, durationWords, formOf, fromLocal, listOf, listText, optionsOf, toLocal, valuesOf } from './values';

const checked = checkedOf;

test('a plain default is shown as it is written, an expression as the server renders it', () => {
  expect(defaultOf(checked({ defaults: 'PT1H' }, 3600))).toBe('PT1H');
  expect(defaultOf(checked({ defaults: '{{ 1 + 1 }}' }, '2'))).toBe('2');
  expect(defaultOf(checked({ defaults: { a: 1 } }))).toBe('{"a":1}');
  expect(defaultOf(checked({}))).toBe('');
});
test('options are texts, each once', () => {
  expect(optionsOf(checked({ values: ['a', 'a', 1, { value: 'b' }] }))).toEqual(['a', '1', 'b']);
});
test.each([
  [['1', '2'], 'INT', '[1, 2]'], [['1', 'x'], 'INT', '[1, "x"]'], [['1'], 'STRING', '["1"]'], [['true'], 'BOOLEAN', '[true]'], [[], 'STRING', '[]'],
])('%o of %s is %s', (items, type, text) => {
  expect(listText(items, type)).toBe(text);
  expect(listOf(text)).toEqual(items);
});
test('a text that is no list is an empty one', () => expect(listOf('{')).toEqual([]));
test('durations in words', () => {
  expect(durationWords('PT1H30M')).toBe('1 h 30 min');
  expect(durationWords('soon')).toBeUndefined();
});
test('a moment goes through the local field and back', () => {
  expect(fromLocal(toLocal('2030-02-03T04:05:06Z'))).toBe('2030-02-03T04:05:06.000Z');
  expect(toLocal('never')).toBe('');
});
test('a file travels under the name of its input', () => {
  const form = formOf({ data: new File(['x'], 'a.csv') });
  const part = form.get('data');
  expect(part instanceof File && part.name).toBe('a.csv');
});
test('an execution fills the form with what it was given, but for secrets', () => {
  const inputs = [...['name', 'count', 'list', 'a.b', 'gone'].map((id) => ({ id, type: 'STRING' })), { id: 'token', type: 'SECRET' },
    { id: 'who', type: 'FORM', inputs: [{ id: 'age', type: 'INT' }] }];
  expect(valuesOf(inputs, { name: 'x', count: 3, list: ['p', 1], a: { b: true }, token: { type: 'aes', value: '?' }, who: { age: 4 } }))
    .toEqual({ name: 'x', count: '3', list: '["p",1]', 'a.b': 'true', 'who.age': '4' });
});
