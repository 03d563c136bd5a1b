import { expect, test } from 'vitest';
import { suggestions, type Knowledge } from './completion';
import { openExpression, suggest, wishOf } from './expressions';
import { outlineOf } from './outline';
import { placeAt } from './place';

const task = (type: string, properties: object, required: string[] = []) => ({
  properties: { type: { const: type }, id: { type: 'string' }, ...properties }, required: ['id', 'type', ...required],
});
const SCHEMA = {
  $ref: '#/definitions/Flow',
  definitions: {
    Flow: { properties: { id: {}, namespace: {}, tasks: { items: { $ref: '#/definitions/AnyTask' } }, disabled: { type: 'boolean' } } },
    AnyTask: { anyOf: [{ $ref: '#/definitions/a.Log' }, { $ref: '#/definitions/a.Each' }] },
    'a.Log': task('a.Log', { message: {}, level: { enum: ['INFO', 'WARN'] } }, ['message']),
    'a.Each': task('a.Each', { tasks: { items: { $ref: '#/definitions/AnyTask' } } }),
  },
};

function offered(text: string): string[] {
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('¦'));
  const clean = lines.map((one) => one.replace('¦', ''));
  const place = placeAt((number) => clean[number] ?? '', clean.length, line, lines[line]?.indexOf('¦') ?? 0);
  const knowledge: Knowledge = {
    schema: () => SCHEMA, vocabulary: () => ({ functions: [], filters: [] }), outline: () => outlineOf(clean.join('\n')),
    outputsOf: () => [], namespaces: () => ['company.team'],
  };
  return suggestions(place, knowledge, '').map((one) => one.label);
}

test.each([
  ['root keys that are not there yet', 'id: a\n¦', ['namespace', 'tasks', 'disabled']],
  ['keys of the type that is written', 'tasks:\n  - id: x\n    type: a.Log\n    ¦', ['message', 'level']],
  ['keys of every type while none is written', 'tasks:\n  - id: x\n    ¦', ['type', 'message', 'level', 'tasks']],
  ['types, also when one is half written', 'tasks:\n  - id: x\n    type: a.Lo¦', ['a.Log', 'a.Each']],
  ['values of an enum', 'tasks:\n  - id: x\n    type: a.Log\n    level: ¦', ['INFO', 'WARN']],
  ['values of a switch', 'disabled: ¦', ['true', 'false']],
  ['keys of a nested task', 'tasks:\n  - id: x\n    type: a.Each\n    tasks:\n      - id: y\n        type: a.Log\n        le¦', ['message', 'level']],
  ['namespaces that exist', 'namespace: ¦', ['company.team']],
  ['nothing inside a text', 'tasks:\n  - id: x\n    type: a.Log\n    message: |\n      ¦', []],
])('%s', (_, text, expected) => expect(offered(text)).toEqual(expected));

const OUTLINE = outlineOf('inputs: [{id: who, type: STRING}]\nvariables: {v: 1}\ntasks: [{id: get, type: a.Log}]');
const words = (inside: string) =>
  suggest(wishOf(inside), OUTLINE, { functions: [{ name: 'now', arguments: [] }], filters: ['upper'] }, () => ['uri', 'code']).map((one) => one.label);

test('an expression offers what its path allows', () => {
  expect(words(' ')).toEqual(expect.arrayContaining(['inputs', 'outputs', 'now']));
  expect(words(' inputs.')).toEqual(['who']);
  expect(words(' vars.v')).toEqual(['v']);
  expect(words(' outputs.')).toEqual(['get']);
  expect(words(' outputs.get.u')).toEqual(['uri', 'code']);
  expect(words(" outputs['get'].")).toEqual(['uri', 'code']);
  expect(words(' inputs.who | up')).toEqual(['upper']);
});

test('only an expression that is still open counts', () => {
  expect(openExpression('a {{ b }} c')).toBeUndefined();
  expect(openExpression('a {{ b }} {{ c')).toBe(' c');
  expect(openExpression('plain')).toBeUndefined();
});
