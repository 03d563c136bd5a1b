import { expect, test } from 'vitest';
import { Splitter } from './events';

const STREAM = 'id: start\ndata: {"a":1}\n\nid: progress\r\ndata: {"b":\ndata: 2}\r\n\r\ndata: {}\n\nid: end\ndata: half';
const WHOLE = [{ name: 'start', data: '{"a":1}' }, { name: 'progress', data: '{"b":2}' }, { name: '', data: '{}' }];

test('events are the same wherever the stream is cut', () => {
  for (let size = 1; size <= STREAM.length; size += 1) {
    const splitter = new Splitter();
    const found = [];
    for (let at = 0; at < STREAM.length; at += size) found.push(...splitter.add(STREAM.slice(at, at + size)));
    expect(found, `parts of ${size}`).toEqual(WHOLE);
  }
});
