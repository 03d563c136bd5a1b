/** Server-sent events over fetch: stops with its signal, comes back by itself when the connection is lost. */
import { ApiError, REFERRER, failure, sessionLost } from './client';

export interface ServerEvent {
  name: string;
  data: string;
}

/** Splits what has arrived into whole events and the rest; lines end in \n, events in an empty line. */
export function splitEvents(buffer: string): { events: ServerEvent[]; rest: string } {
  const parts = buffer.replaceAll('\r\n', '\n').split('\n\n');
  const rest = parts.pop() ?? '';
  const events = parts.map((part) => {
    const event: ServerEvent = { name: '', data: '' };
    for (const line of part.split('\n')) {
      if (line.startsWith('id:')) event.name = line.slice(3).trim();
      else if (line.startsWith('data:')) event.data += line.slice(5).trimStart();
    }
    return event;
  });
  return { events, rest };
}

export interface Following {
  onOpen?: () => void;
  onEvent: (event: ServerEvent) => void;
  /** The stream ended by itself: there will be no more. */
  onEnd?: () => void;
  onLost?: (attempt: number) => void;
  onError?: (error: ApiError) => void;
  /** Whether a stream that closes has said all: the one of logs has no last event. */
  isDone?: () => boolean;
}

const pause = (milliseconds: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

async function readAll(response: Response, onEvent: (event: ServerEvent) => void): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  let buffer = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const { events, rest } = splitEvents(buffer + value);
    buffer = rest;
    events.forEach(onEvent);
  }
}

/** Follows `path` until `signal` aborts or the stream says `end`. */
export async function follow(path: string, signal: AbortSignal, on: Following): Promise<void> {
  for (let attempt = 0; !signal.aborted; ) {
    let ended = false;
    try {
      const response = await fetch(path, {
        signal,
        referrer: REFERRER,
        credentials: 'same-origin',
        headers: { accept: 'text/event-stream' },
      });
      if (!response.ok) {
        const error = await failure(response);
        if (error.status === 401) sessionLost();
        if (error.status < 500) return on.onError?.(error);
        throw error;
      }
      attempt = 0;
      on.onOpen?.();
      await readAll(response, (event) => {
        ended ||= event.name === 'end';
        on.onEvent(event);
      });
    } catch {
      if (signal.aborted) return;
    }
    if (ended || on.isDone?.()) return on.onEnd?.();
    attempt += 1;
    on.onLost?.(attempt);
    await pause(Math.min(5000, 250 * 2 ** attempt), signal);
  }
}
