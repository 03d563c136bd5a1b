/** The lines of an execution that pass a wish. How many there are is known; here are those one looks at, and those that came since. */
import type { LogLine } from '@/api/types';
import { Heights, rowsOf } from './heights';

export const PAGE = 500;
/** As many are kept: 200,000 lines. */
const PAGES = 400;
/** Live lines beyond this are better read from the store. */
export const MOST_LIVE = 50_000;
const AT_ONCE = 2;

/** Asks for a page from 0; `end` for the last lines, newest first, some more than a page. */
export type Ask = (page: number | 'end') => Promise<{ results: readonly LogLine[]; total: number }>;

/** A moment with microseconds as text that sorts; servers leave out zeros at the end. */
export function sortable(timestamp: string): string {
  const [whole = '', rest = ''] = timestamp.replace('Z', '').split('.');
  return `${whole}.${rest.padEnd(6, '0')}`;
}

/** Lines that came newest first; those of one moment have the order they were written in either way. */
export function oldestFirst(lines: readonly LogLine[]): LogLine[] {
  const moments: LogLine[][] = [];
  for (const line of lines) {
    const moment = moments.at(-1);
    if (moment?.[0]?.timestamp === line.timestamp) moment.push(line);
    else moments.push([line]);
  }
  return moments.reverse().flat();
}

/** Names a line in an address; the same lines of the same moment share it. */
export const nameOf = (line: LogLine): string => `${line.timestamp},${line.taskRunId ?? ''}`;

export class Lines {
  constructor(private readonly ask: Ask, private readonly onChange: () => void, private readonly onError: (error: unknown) => void = () => undefined) {}

  readonly heights = new Heights();
  /** Whether it is known how many there are. */
  isCounted = false;
  private stored = 0;
  private columns = 100;
  private pages = new Map<number, readonly LogLine[]>();
  private live: LogLine[] = [];
  private readonly asked = new Set<number>();
  private wanted = { from: 0, to: 0 };
  private round = 0;

  get count(): number {
    return this.stored + this.live.length;
  }

  at(index: number): LogLine | undefined {
    return index < this.stored ? this.pages.get(Math.floor(index / PAGE))?.[index % PAGE] : this.live[index - this.stored];
  }

  /** The store has so many; lines that came live are among them. What is here stays, but for a page that was not full. */
  begin(stored: number, known?: { page: number; lines: readonly LogLine[] }): void {
    this.round += 1;
    this.asked.clear();
    for (const [page, lines] of this.pages) {
      if (lines.length < PAGE || (page + 1) * PAGE > stored) this.pages.delete(page);
    }
    this.live = [];
    this.stored = stored;
    this.isCounted = true;
    this.heights.resize(stored);
    if (known) this.keep(known.page, known.lines);
    // What is wanted from now on whoever shows the lines tells, who knows now how many there are.
    this.wanted = { from: Math.min(this.wanted.from, stored), to: Math.min(this.wanted.to, stored) };
    this.onChange();
  }

  /** Reads the first page, or the last one; either tells how many there are. */
  async open(isAtEnd: boolean): Promise<void> {
    try {
      const { results, total } = await this.ask(isAtEnd ? 'end' : 0);
      const last = Math.floor((total - 1) / PAGE);
      if (isAtEnd && total > 0) this.begin(total, { page: last, lines: oldestFirst(results).slice(last * PAGE - total) });
      else this.begin(total, { page: 0, lines: results });
    } catch (error) {
      this.onError(error);
    }
  }

  /** Lines that are not in the store's count. Workers send in parallel: one may come after one that is younger. */
  add(arrived: readonly LogLine[]): void {
    if (arrived.length === 0) return;
    const last = this.live.at(-1);
    const isInOrder = arrived.every((line, index) => {
      const before = arrived[index - 1] ?? last;
      return !before || sortable(before.timestamp) <= sortable(line.timestamp);
    });
    for (const line of arrived) this.live.push(line);
    if (isInOrder) this.heights.push(arrived.map((line) => rowsOf(line.message, this.columns)));
    else {
      const keyed = this.live.map((line) => ({ line, at: sortable(line.timestamp) }));
      keyed.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
      this.live = keyed.map(({ line }) => line);
      this.heights.resize(this.count);
      this.measure(this.stored, this.live);
    }
    this.onChange();
  }

  get isCrowded(): boolean {
    return this.live.length > MOST_LIVE;
  }

  /** Somebody looks at these: they are asked for, with what is around them. */
  want(from: number, to: number): void {
    this.wanted = { from: Math.max(0, from), to: Math.min(this.stored, to) };
    this.pump();
  }

  /** The text breaks after so many columns. */
  setColumns(columns: number): void {
    if (columns === this.columns) return;
    this.columns = columns;
    for (const [page, lines] of this.pages) this.measure(page * PAGE, lines);
    this.measure(this.stored, this.live);
    this.onChange();
  }

  private measure(from: number, lines: readonly LogLine[]): void {
    lines.forEach((line, at) => this.heights.set(from + at, rowsOf(line.message, this.columns)));
  }

  private keep(page: number, lines: readonly LogLine[]): void {
    this.pages.set(page, lines);
    this.measure(page * PAGE, lines.slice(0, this.stored - page * PAGE));
    if (this.pages.size <= PAGES) return;
    const middle = (this.wanted.from + this.wanted.to) / 2 / PAGE;
    const furthest = [...this.pages.keys()].sort((one, other) => Math.abs(other - middle) - Math.abs(one - middle))[0];
    if (furthest !== undefined) this.pages.delete(furthest);
  }

  /** Asks for the page that is wanted most, if it is not here; while one scrolls fast, what flew by is not asked for. */
  private pump(): void {
    const { from, to } = this.wanted;
    const last = Math.floor((this.stored - 1) / PAGE);
    const first = Math.floor(from / PAGE);
    const seen = Math.min(last, Math.floor(Math.max(from, to - 1) / PAGE));
    const near = [];
    for (let page = first; page <= seen; page += 1) near.push(page);
    near.push(seen + 1, first - 1);
    for (const page of near) {
      if (this.asked.size >= AT_ONCE) return;
      if (page >= 0 && page <= last && !this.pages.has(page) && !this.asked.has(page)) void this.load(page);
    }
  }

  private async load(page: number): Promise<void> {
    const { round } = this;
    this.asked.add(page);
    try {
      const { results } = await this.ask(page);
      if (round !== this.round) return;
      this.asked.delete(page);
      this.keep(page, results);
      this.onChange();
      this.pump();
    } catch (error) {
      if (round !== this.round) return;
      this.asked.delete(page);
      this.onError(error);
    }
  }
}
