import { useEffect, useRef, useState } from 'react';
import { MAIN } from '@/api/client';
import { follow } from '@/api/events';
import type { LogLine } from '@/api/types';
import { perFrame } from '../useLive';
import { Feed } from './feed';

export interface Logs {
  feed: Feed;
  isLost: boolean;
  /** The execution has ended and all its lines are here. */
  isWhole: boolean;
}

/** Follows the lines of an execution; `isEnded` says that a stream which closes will not go on. */
export function useLogs(id: string, isEnded: boolean): Logs {
  const [logs, setLogs] = useState<Logs>(() => ({ feed: new Feed(), isLost: false, isWhole: false }));
  const ended = useRef(isEnded);
  useEffect(() => {
    ended.current = isEnded;
  }, [isEnded]);
  // A restart sets an ended execution going: then there is more to follow.
  const [round, setRound] = useState({ id, isEnded, count: 0 });
  if (round.id !== id || round.isEnded !== isEnded) {
    setRound({ id, isEnded, count: round.count + (round.id !== id || (round.isEnded && !isEnded) ? 1 : 0) });
  }
  useEffect(() => {
    const stop = new AbortController();
    const feed = new Feed();
    let waiting: LogLine[] = [];
    let isWhole = false;
    let isLost = false;
    const painted = perFrame(() => {
      feed.add(waiting);
      waiting = [];
      setLogs({ feed, isLost, isWhole });
    });
    painted.ask();
    void follow(`${MAIN}/logs/${id}/follow`, stop.signal, {
      onOpen: () => {
        feed.add(waiting);
        waiting = [];
        feed.reopened();
        isLost = false;
        painted.ask();
      },
      onEvent: ({ name, data }) => {
        if (name !== 'progress') return;
        waiting.push(JSON.parse(data) as LogLine);
        painted.ask();
      },
      onLost: () => {
        isLost = true;
        painted.ask();
      },
      onEnd: () => {
        isWhole = true;
        painted.ask();
      },
      isDone: () => ended.current,
    });
    return () => {
      stop.abort();
      painted.cancel();
    };
  }, [id, round.count]);
  return logs;
}
