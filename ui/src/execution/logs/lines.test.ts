import { expect, test } from 'vitest';
import type { LogLine } from '@/api/types';
import { readsOf } from '@/testing/reads';
import { Lines, PAGE, sortable } from './lines';

const line = (second: number, message = `line ${second}`): LogLine => ({
  timestamp: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString(), level: 'INFO', message,
});

/** A store of lines that answers when it is told to. */
function store(count: number) {
  const held = Array.from({ length: count }, (_, index) => line(index));
  const asked: { page: number | 'end'; answer: () => Promise<void> }[] = [];
  const lines = new Lines((page) => new Promise((resolve) => {
    const answer = async () => {
      const results = page === 'end' ? [...held].sort((one, other) => (one.timestamp < other.timestamp ? 1 : one.timestamp > other.timestamp ? -1 : 0)).slice(0, PAGE + 100) : held.slice(page * PAGE, (page + 1) * PAGE);
      resolve({ results, total: held.length });
      await new Promise((done) => setTimeout(done));
    };
    asked.push({ page, answer });
  }), () => undefined);
  const pages = () => asked.map((one) => one.page);
  const answer = async () => {
    for (let one = asked.shift(); one; one = asked.shift()) await one.answer();
  };
  return { held, lines, pages, answer, asked };
}
const messages = (lines: Lines, from = 0) =>
  Array.from({ length: lines.count - from }, (_, index) => lines.at(from + index)?.message ?? '?');

test('what one looks at is asked for, with the pages beside it', async () => {
  const { lines, pages, answer } = store(5 * PAGE);
  void lines.open(false);
  await answer();
  expect([lines.count, lines.at(0)?.message, lines.at(3 * PAGE)]).toEqual([5 * PAGE, 'line 0', undefined]);
  lines.want(3 * PAGE + 10, 3 * PAGE + 60);
  expect(pages()).toEqual([3, 4]);
  await answer();
  expect([lines.at(3 * PAGE)?.message, lines.at(2 * PAGE)?.message]).toEqual([`line ${3 * PAGE}`, `line ${2 * PAGE}`]);
});

test.each([[0], [1], [PAGE - 1], [PAGE], [PAGE + 1], [3 * PAGE + 7]])('of %i lines the last are there after one question', async (count) => {
  const { held, lines, asked, answer } = store(count);
  held.forEach((one, index) => Object.assign(one, { timestamp: line(index - (index % 7)).timestamp }));
  void lines.open(true);
  await asked.shift()?.answer();
  expect([lines.count, lines.at(count - 1)?.message]).toEqual([count, held.at(-1)?.message]);
  lines.want(0, count);
  for (let turn = 0; turn < 5; turn += 1) await answer();
  expect(messages(lines)).toEqual(held.map((one) => one.message));
});

test('pages that flew by are not asked for', async () => {
  const { lines, asked, pages, answer } = store(100 * PAGE);
  lines.begin(100 * PAGE);
  await answer();
  for (let page = 10; page < 90; page += 1) lines.want(page * PAGE, page * PAGE + 50);
  const before = pages().length;
  await Promise.all(asked.splice(0).map((one) => one.answer()));
  expect([before, ...pages()]).toEqual([2, 89, 90]);
});

test('after a loss of the connection each line is there once', async () => {
  const { held, lines, answer } = store(PAGE + 3);
  lines.begin(PAGE + 3);
  lines.want(0, PAGE + 3);
  await answer();
  const live = [line(9000), line(9001)];
  lines.add(live);
  expect(messages(lines, PAGE + 2)).toEqual([`line ${PAGE + 2}`, 'line 9000', 'line 9001']);
  // Meanwhile the store has those that came live, and two that did not come.
  held.push(...live, line(9002), line(9003));
  lines.begin(held.length);
  lines.want(0, held.length);
  await answer();
  lines.add([line(9004)]);
  expect(messages(lines)).toEqual([...held.map((one) => one.message), 'line 9004']);
});

test('an answer from before the loss is passed over', async () => {
  const { held, lines, asked, answer } = store(3);
  lines.begin(3);
  lines.want(0, 3);
  const old = asked.splice(0);
  held.push(line(3));
  lines.begin(4);
  lines.want(0, 4);
  await Promise.all(old.map((one) => one.answer()));
  expect(lines.at(0)).toBeUndefined();
  await answer();
  expect(messages(lines)).toEqual(['line 0', 'line 1', 'line 2', 'line 3']);
});

test('a line that comes late stands where its time is; those of one moment keep their order', () => {
  const { lines } = store(0);
  lines.begin(0);
  lines.add([line(1), line(3, 'b'), line(3, 'a')]);
  lines.add([line(2), line(4)]);
  expect(messages(lines)).toEqual(['line 1', 'line 2', 'b', 'a', 'line 4']);
});

test('moments sort by all of their digits', () => {
  expect([sortable('2026-01-01T00:00:00.1Z') < sortable('2026-01-01T00:00:00.12Z'), sortable('2026-01-01T00:00:00Z')]).toEqual([true, '2026-01-01T00:00:00.000000']);
});

test('of a million lines two hundred thousand are kept, those near to what is looked at', async () => {
  const { lines, answer } = store(500 * PAGE);
  lines.begin(500 * PAGE);
  for (let page = 0; page < 500; page += 1) {
    lines.want(page * PAGE, page * PAGE + 50);
    await answer();
  }
  const kept = messages(lines).filter((message) => message !== '?').length;
  expect(kept).toBeLessThanOrEqual(200_000);
  expect([lines.at(0), lines.at(499 * PAGE)?.message]).toEqual([undefined, `line ${499 * PAGE}`]);
});

test('heights follow the text and the width', async () => {
  const { held, lines, answer } = store(10);
  held[4] = line(4, 'x'.repeat(25));
  lines.setColumns(10);
  lines.begin(10);
  lines.want(0, 10);
  await answer();
  expect([lines.heights.total, lines.heights.before(5)]).toEqual([12, 7]);
  lines.setColumns(30);
  lines.add([line(20, 'a\nb')]);
  expect([lines.heights.total, lines.count]).toEqual([12, 11]);
});

test('a thousand lines more on fifty thousand look at the thousand', () => {
  const { lines } = store(0);
  lines.begin(0);
  const before = readsOf(Array.from({ length: 50_000 }, (_, index) => line(index)), ['timestamp', 'message']);
  lines.add(before.things);
  const read = before.count();
  lines.add(Array.from({ length: 1000 }, (_, index) => line(100_000 + index)));
  expect([lines.count, before.count() - read < 10]).toEqual([51_000, true]);
});
