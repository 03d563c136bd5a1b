import { expect, test } from 'vitest';
import { placeAt } from './place';

/** The place of the mark ¦ in a text. */
function at(text: string) {
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('¦'));
  const column = lines[line]?.indexOf('¦') ?? 0;
  const clean = lines.map((one) => one.replace('¦', ''));
  const place = placeAt((number) => clean[number] ?? '', clean.length, line, column);
  return { ...place, path: place.levels.flatMap((level) => level.steps), entries: Object.fromEntries(place.levels.at(-1)?.entries ?? []) };
}

const FLOW = `id: a
namespace: b
tasks:
  - id: one
    type: X
  - id: each
    type: ForEach
    tasks:
      - id: inner
        type: Y
        `;

test('a key at the root', () => {
  expect(at('id: a\nnames¦')).toMatchObject({ kind: 'key', word: 'names', path: [], entries: { id: 'a' } });
});
test('a value knows its key', () => {
  expect(at('id: a\nnamespace: comp¦')).toMatchObject({ kind: 'value', key: 'namespace', word: 'comp', path: [] });
});
test('a key in a nested task knows its way, its siblings and the types above', () => {
  const place = at(`${FLOW}me¦`);
  expect(place).toMatchObject({ kind: 'key', word: 'me', path: ['tasks', 1, 'tasks', 0], entries: { id: 'inner', type: 'Y' } });
  expect(place.levels[1]?.entries.get('type')).toBe('ForEach');
});
test('an empty line counts as the mapping of its indentation', () => {
  expect(at('tasks:\n  - id: a\n    type: X\n    ¦')).toMatchObject({ kind: 'key', path: ['tasks', 0], entries: { id: 'a', type: 'X' } });
  expect(at('tasks:\n  - id: a\n    type: X\n¦')).toMatchObject({ kind: 'key', path: [] });
});
test('a list that is not indented is one', () => {
  expect(at('tasks:\n- id: a\n  type: X\n- id: b\n  ty¦')).toMatchObject({ kind: 'key', word: 'ty', path: ['tasks', 1] });
});
test('the first key of an item', () => {
  expect(at('tasks:\n  - ¦')).toMatchObject({ kind: 'key', word: '', path: ['tasks', 0] });
});
test('siblings below the cursor count too, those of the next item do not', () => {
  expect(at('tasks:\n  - id: a\n    ¦\n    type: X\n  - id: b\n    level: Z').entries).toEqual({ id: 'a', type: 'X' });
});
test('inside a block text only the text is known', () => {
  expect(at('tasks:\n  - id: a\n    script: |\n      print(1)\n      type¦\n')).toMatchObject({ kind: 'text', key: 'script' });
  expect(at('description: |\n  # Title\n  id: ¦x\n')).toMatchObject({ kind: 'text', key: 'description' });
});
test('after a block text comes a key again', () => {
  expect(at('tasks:\n  - id: a\n    script: |\n      print(1)\n    ty¦')).toMatchObject({ kind: 'key', path: ['tasks', 0] });
});
test('a mapping in a mapping', () => {
  expect(at('tasks:\n  - id: a\n    retry:\n      type: constant\n      in¦')).toMatchObject({
    kind: 'key', path: ['tasks', 0, 'retry'], entries: { type: 'constant' },
  });
});
