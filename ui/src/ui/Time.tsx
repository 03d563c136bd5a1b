import { useEffect, useState, useSyncExternalStore, type PointerEvent } from 'react';
import type { State } from '@/api/types';
import { absolute, duration, relative } from '@/format/time';
import { elapsed, isEnded } from '@/format/state';

const minute = {
  subscribe(listener: () => void) {
    const timer = setInterval(listener, 30_000);
    return () => clearInterval(timer);
  },
  now: () => Math.floor(Date.now() / 30_000) * 30_000 + 30_000,
};

export function Ago({ date }: { date?: string }) {
  const now = useSyncExternalStore(minute.subscribe, minute.now);
  if (!date) return <span className="quiet">–</span>;
  const at = Math.max(now - 30_000, Math.min(now, Date.now()));
  return <time dateTime={date} title={absolute(date)}>{relative(date, at)}</time>;
}

/** Tells the whole moment of a `time` on hover: to write it for rows that fly by would cost more than the rows. */
export function tellMoment({ target }: PointerEvent): void {
  const time = target instanceof Element ? target.closest('time') : null;
  if (time) time.title = absolute(time.dateTime);
}

/** The present moment, renewed while `isTicking`. */
export function useNow(isTicking: boolean, every = 250): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isTicking) return;
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [isTicking, every]);
  return now;
}

export function Elapsed({ state }: { state: State }) {
  const now = useNow(!isEnded(state.current), 500);
  return <span style={{ fontVariantNumeric: 'tabular-nums' }}>{duration(elapsed(state, now))}</span>;
}
