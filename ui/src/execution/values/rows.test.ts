import { expect, test } from 'vitest';
import { rowsOf } from './rows';

test.each([
  ['csv', 'id,name\r\n1,Ada\r\n2,"Lovelace, ""A"""\r\n', [{ id: '1', name: 'Ada' }, { id: '2', name: 'Lovelace, "A"' }]],
  ['csv', '\uFEFFid,text\n1,"two\nlines"\n\n', [{ id: '1', text: 'two\nlines' }]],
  ['csv', 'a,a,\n1,2,3,4\n5', [{ a: '1', 'a 2': '2', 'column 3': '3', 'column 4': '4' }, { a: '5' }]],
  ['TSV', 'a\tb\n1,0\t2', [{ a: '1,0', b: '2' }]],
  ['jsonl', '{"a": 1}\n\n{"a": [2]}\n', [{ a: 1 }, { a: [2] }]],
  ['ndjson', '1\n"two"', [1, 'two']],
])('%s text has rows: %j', (extension, text, rows) => {
  expect(rowsOf(extension, text)).toEqual(rows);
});

test.each([
  ['txt', 'a,b\n1,2'],
  ['csv', 'one column\nonly'],
  ['csv', ''],
  ['jsonl', '{"a": 1}\nno json'],
  ['jsonl', ''],
])('%s text without rows is shown as it is: %j', (extension, text) => {
  expect(rowsOf(extension, text)).toBeUndefined();
});

test('a line that the preview cut off is left out', () => {
  expect(rowsOf('jsonl', '{"a": 1}\n{"a": ', true)).toEqual([{ a: 1 }]);
});
