/** The execution of a page, live by one stream; it comes back by itself when the connection is lost. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { ApiError, MAIN, ask } from '@/api/client';
import { reportLost, reportReached } from '@/api/connection';
import { follow } from '@/api/events';
import { execution as asked } from '@/api/queries';
import type { Execution } from '@/api/types';
import { merged, type Update } from './merge';

export interface Live {
  execution?: Execution;
  error?: ApiError;
  /** The stream is broken and tried again. */
  isLost: boolean;
  /** Looks again: after an action an execution that had ended goes on. */
  again: () => void;
}

/** The stream waits for an execution that is only being made; one that is not there for so long is asked for plainly. */
const PATIENCE = 700;
/** Of the time at most a quarter goes into showing what arrives; the rest is left to whoever uses the page. */
const REST = 3;

/** A page that shows something live draws it at most ten times a second: nobody reads faster. */
export const LIVELY = 100;

/**
 * Puts what arrives within a frame together, or within `least` milliseconds, and more when a lot is shown already: drawing
 * that takes long is done less often.
 */
export function perFrame(flush: () => void, least = 0): { ask: () => void; cancel: () => void } {
  let [frame, timer, took, last] = [0, 0, 0, 0];
  const draw = () => {
    frame = 0;
    const begun = performance.now();
    flush();
    // What React does with it comes after this frame and counts too.
    setTimeout(() => {
      last = performance.now();
      took = last - begun;
    });
  };
  return {
    ask: () => {
      if (frame || timer) return;
      const wait = last + Math.max(took * REST, last && least) - performance.now();
      if (wait <= 16) frame = requestAnimationFrame(draw);
      else {
        timer = window.setTimeout(() => {
          timer = 0;
          frame = requestAnimationFrame(draw);
        }, wait);
      }
    },
    cancel: () => {
      cancelAnimationFrame(frame);
      window.clearTimeout(timer);
    },
  };
}

export function useLive(id: string): Live {
  const client = useQueryClient();
  const [found, setFound] = useState<{ id: string; execution?: Execution; error?: ApiError }>({ id });
  const [isLost, setLost] = useState(false);
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((count) => count + 1), []);
  useEffect(() => {
    const stop = new AbortController();
    let latest: Execution | undefined;
    const painted = perFrame(() => {
      if (!latest) return;
      client.setQueryData(asked(id).queryKey, latest);
      setFound({ id, execution: latest });
    }, LIVELY);
    void follow(`${MAIN}/executions/${id}/follow?changes=true`, stop.signal, {
      onOpen: () => {
        setLost(false);
        reportReached();
      },
      onEvent: ({ name, data }) => {
        if (name !== 'progress' && name !== 'end') return;
        latest = merged(latest, JSON.parse(data) as Update);
        painted.ask();
      },
      onLost: (attempt) => {
        setLost(true);
        if (attempt > 1) reportLost();
      },
      onError: (error) => setFound((before) => ({ ...before, id, error })),
    });
    const timer = setTimeout(() => {
      if (latest) return;
      ask(`${MAIN}/executions/${id}`, { signal: stop.signal }).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) setFound({ id, error });
      });
    }, PATIENCE);
    return () => {
      clearTimeout(timer);
      stop.abort();
      painted.cancel();
    };
  }, [id, round, client]);
  // What was there for another execution is not shown for this one.
  const own = found.id === id ? found : { execution: client.getQueryData(asked(id).queryKey), error: undefined };
  return { execution: own.execution, error: own.error, isLost, again };
}
