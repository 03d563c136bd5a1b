import { expect, test } from 'vitest';
import { partsOf } from './ansi';

test('colours become classes and end where they say', () => {
  expect(partsOf('a \u001b[1;31mred\u001b[0m b')).toEqual([
    { text: 'a ', className: '' }, { text: 'red', className: 'ansi-bold ansi-c1' }, { text: ' b', className: '' },
  ]);
});

test('a colour replaces a colour; movements of the cursor are left out', () => {
  expect(partsOf('\u001b[31mx\u001b[32my\u001b[2K\u001b[39mz')).toEqual([
    { text: 'x', className: 'ansi-c1' }, { text: 'y', className: 'ansi-c2' }, { text: 'z', className: '' },
  ]);
});

test('text without colours is one part', () => {
  expect(partsOf('plain')).toEqual([{ text: 'plain', className: '' }]);
});
