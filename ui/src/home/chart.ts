/** Counts of executions as bars over time. */
import type { StateCount, StateName } from '@/api/types';
import { groupOf, isEnded, type StateGroup } from '@/format/state';

export interface Bar {
  start: string;
  end: string;
  total: number;
  /** Failed first, as they are looked for. */
  parts: { group: StateGroup; count: number }[];
  /** Of those that ended, how many ended well; none when nothing did. */
  rate?: number;
}
export interface Range {
  value: string;
  label: string;
  every: 'minute' | 'hour' | 'day';
  step: number;
  bars: number;
}

const HOUR = 3_600_000;
export const RANGES = [
  { value: 'PT24H', label: '24 hours', every: 'hour', step: HOUR, bars: 24 },
  { value: 'P7D', label: '7 days', every: 'day', step: 24 * HOUR, bars: 7 },
  { value: 'P30D', label: '30 days', every: 'day', step: 24 * HOUR, bars: 30 },
] as const satisfies readonly Range[];

const ORDER: StateGroup[] = ['failed', 'killed', 'warning', 'paused', 'running', 'fresh', 'idle', 'success'];
const GOOD = new Set<StateName>(['SUCCESS', 'WARNING']);
const BAD = new Set<StateName>(['FAILED', 'KILLED']);

export function rateOf(counts: readonly StateCount[]): number | undefined {
  const sum = (set: ReadonlySet<StateName>) => counts.filter((one) => set.has(one.state)).reduce((all, one) => all + one.count, 0);
  const [good, bad] = [sum(GOOD), sum(BAD)];
  return good + bad ? good / (good + bad) : undefined;
}

/** The stretches up to now, those without executions too. */
export function barsOf(counts: readonly StateCount[], range: Range, now: number): Bar[] {
  const last = Math.floor(now / range.step) * range.step;
  const byStart = new Map<number, StateCount[]>();
  counts.forEach((one) => {
    const start = Math.floor(Date.parse(one.start) / range.step) * range.step;
    byStart.set(start, [...(byStart.get(start) ?? []), one]);
  });
  return Array.from({ length: range.bars }, (_, index) => {
    const start = last - (range.bars - 1 - index) * range.step;
    const own = byStart.get(start) ?? [];
    const groups = new Map<StateGroup, number>();
    own.forEach((one) => groups.set(groupOf(one.state), (groups.get(groupOf(one.state)) ?? 0) + one.count));
    return {
      start: new Date(start).toISOString(), end: new Date(start + range.step).toISOString(),
      total: own.reduce((all, one) => all + one.count, 0),
      parts: ORDER.flatMap((group) => (groups.has(group) ? [{ group, count: groups.get(group) ?? 0 }] : [])),
      rate: rateOf(own),
    };
  });
}

export const endedIn = (counts: readonly StateCount[]): number =>
  counts.filter((one) => isEnded(one.state)).reduce((all, one) => all + one.count, 0);

/** A round number at or above the highest bar. */
export function ceilingOf(bars: readonly Bar[]): number {
  const most = Math.max(1, ...bars.map((bar) => bar.total));
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= most) ?? most;
}
