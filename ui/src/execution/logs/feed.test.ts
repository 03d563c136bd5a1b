import { expect, test } from 'vitest';
import type { LogLine } from '@/api/types';
import { Feed, passing, sortable } from './feed';

const line = (second: number, message = `line ${second}`, rest: Partial<LogLine> = {}): LogLine => ({
  timestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, 0) + second * 1000).toISOString(), level: 'INFO', message, ...rest,
});
const messages = (feed: Feed) => feed.lines.map((one) => one.message);

test('after a reconnection no line is lost or doubled', () => {
  const feed = new Feed();
  feed.add([line(1), line(2), line(2, 'twice'), line(2, 'twice')]);
  feed.reopened();
  feed.add([line(1), line(2)]);
  feed.add([line(2, 'twice'), line(2, 'twice'), line(2, 'twice'), line(3)]);
  expect(messages(feed)).toEqual(['line 1', 'line 2', 'twice', 'twice', 'twice', 'line 3']);
});

test('a second loss in the middle of the repetition does not double either', () => {
  const feed = new Feed();
  feed.add([line(1), line(2), line(3)]);
  feed.reopened();
  feed.add([line(1)]);
  feed.reopened();
  feed.add([line(1), line(2), line(3), line(4)]);
  expect(messages(feed)).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
});

test('a line that comes late stands where its time is', () => {
  const feed = new Feed();
  feed.add([line(1), line(3)]);
  feed.add([line(2), line(4)]);
  expect(messages(feed)).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
});

test('lines of one moment keep the order they came in', () => {
  const feed = new Feed();
  feed.add([line(2, 'b'), line(2, 'a'), line(1, 'first')]);
  expect(messages(feed)).toEqual(['first', 'b', 'a']);
});

test('moments sort by all of their digits', () => {
  expect([sortable('2026-01-01T00:00:00.1Z') < sortable('2026-01-01T00:00:00.12Z'), sortable('2026-01-01T00:00:00Z')]).toEqual([true, '2026-01-01T00:00:00.000000']);
});

test('a flood keeps the newest lines and says how many are gone, also when they come again', () => {
  const feed = new Feed(100);
  const many = Array.from({ length: 105 }, (_, index) => line(index));
  feed.add(many);
  expect([feed.lines.length, feed.dropped, feed.lines[0]?.message]).toEqual([100, 5, 'line 5']);
  feed.reopened();
  feed.add(many);
  expect([feed.lines.length, feed.dropped, feed.counts.INFO]).toEqual([100, 5, 105]);
});

test('lines pass by level, text, task run and attempt', () => {
  const lines = [line(1, 'One', { level: 'DEBUG' }), line(2, 'two', { taskRunId: 'r', attemptNumber: 1 }), line(3, 'ONE', { level: 'ERROR' })];
  const found = (wish: Partial<Parameters<typeof passing>[1]>) => passing(lines, { level: 'TRACE', text: '', ...wish }).map((one) => one.message);
  expect(found({})).toEqual(['One', 'two', 'ONE']);
  expect(found({ level: 'INFO' })).toEqual(['two', 'ONE']);
  expect(found({ text: 'one' })).toEqual(['One', 'ONE']);
  expect(found({ taskRunId: 'r', attempt: 1 })).toEqual(['two']);
  expect(found({ taskRunId: 'r', attempt: 0 })).toEqual([]);
});
