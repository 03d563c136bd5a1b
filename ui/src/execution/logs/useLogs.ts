import { useEffect, useRef, useState } from 'react';
import { MAIN, ask } from '@/api/client';
import { onConnection } from '@/api/connection';
import { follow } from '@/api/events';
import type { LogLine, Paged } from '@/api/types';
import { LIVELY, perFrame } from '../useLive';
import { Lines, PAGE } from './lines';
import { asQuery, type Wish } from './wish';

export interface Logs {
  lines: Lines;
  /** Grows with every change of the lines. */
  version: number;
  isLost: boolean;
  /** The execution has ended and all its lines can be seen. */
  isWhole: boolean;
}

/** The oldest of the last lines may be some of one moment: they are asked for and left out. */
const MARGIN = 100;

const page = (id: string, wish: Wish, signal: AbortSignal) => (number: number | 'end') => {
  const part = number === 'end' ? { page: 1, size: PAGE + MARGIN, sort: 'timestamp:desc' } : { page: number + 1, size: PAGE, sort: 'timestamp:asc' };
  return ask<Paged<LogLine>>(`${MAIN}/logs/search${asQuery(id, wish, part)}`, { signal });
};

/** Lines as they come: how many the store has, then the new ones; all of it again after the connection was lost. */
function followed(id: string, wish: Wish, lines: Lines, signal: AbortSignal, tell: (state: Partial<Logs>) => void, isDone: () => boolean): void {
  let waiting: LogLine[] = [];
  const flushed = perFrame(() => {
    lines.add(waiting);
    waiting = [];
  }, LIVELY);
  signal.addEventListener('abort', flushed.cancel);
  const start = () => {
    // More came than one wants to keep: they are in the store by now.
    const part = new AbortController();
    signal.addEventListener('abort', () => part.abort());
    void follow(`${MAIN}/logs/${id}/follow${asQuery(id, wish, { stored: false })}`, part.signal, {
      onOpen: () => tell({ isLost: false }),
      onEvent: ({ name, data }) => {
        if (name === 'start') {
          waiting = [];
          lines.begin((JSON.parse(data) as { stored: number }).stored);
        } else if (name === 'progress') {
          waiting.push(JSON.parse(data) as LogLine);
          flushed.ask();
          if (!lines.isCrowded) return;
          part.abort();
          start();
        }
      },
      onLost: () => tell({ isLost: true }),
      onError: () => tell({ isLost: true }),
      onEnd: () => tell({ isWhole: true }),
      isDone,
    });
  };
  start();
}

/** The lines of an execution that pass a wish; `isEnded` says that nothing will be added, `isFollowing` that the last are seen first. */
export function useLogs(id: string, isEnded: boolean, wish: Wish, isFollowing = true): Logs {
  const [logs, setLogs] = useState<Logs>(() => ({ lines: new Lines(() => new Promise(() => undefined), () => undefined), version: 0, isLost: false, isWhole: false }));
  const latest = useRef({ isEnded, isFollowing });
  useEffect(() => {
    latest.current = { isEnded, isFollowing };
  }, [isEnded, isFollowing]);
  // A restart sets an ended execution going: then there is more to follow.
  const [round, setRound] = useState({ id, isEnded, count: 0 });
  if (round.id !== id || round.isEnded !== isEnded) {
    setRound({ id, isEnded, count: round.count + (round.id !== id || (round.isEnded && !isEnded) ? 1 : 0) });
  }
  const { level, text, taskId, taskRunId, attempt } = wish;
  useEffect(() => {
    const stop = new AbortController();
    const own: Wish = { level, text, taskId, taskRunId, attempt };
    let state: Logs;
    const painted = perFrame(() => setLogs({ ...state, version: (state.version += 1) }));
    const tell = (change: Partial<Logs>) => {
      if (stop.signal.aborted) return;
      state = { ...state, ...change };
      painted.ask();
    };
    const lines = new Lines(page(id, own, stop.signal), () => tell({}), () => tell({ isLost: true }));
    state = { lines, version: 0, isLost: false, isWhole: false };
    const read = () => void lines.open(latest.current.isFollowing).then(() => lines.isCounted && tell({ isWhole: true, isLost: false }));
    if (latest.current.isEnded) read();
    else followed(id, own, lines, stop.signal, tell, () => latest.current.isEnded);
    const forget = onConnection(() => latest.current.isEnded && state.isLost && read());
    return () => {
      stop.abort();
      painted.cancel();
      forget();
    };
  }, [id, round.count, level, text, taskId, taskRunId, attempt]);
  return logs;
}
