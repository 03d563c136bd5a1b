/** Server-sent events over fetch: stops with its signal, comes back by itself when the connection is lost. */
import { ApiError, REFERRER, failure, sessionLost } from './client';

export interface ServerEvent {
  name: string;
  data: string;
}

function eventOf(text: string): ServerEvent {
  const event: ServerEvent = { name: '', data: '' };
  for (const line of text.split('\n')) {
    if (line.startsWith('id:')) event.name = line.slice(3).trim();
    else if (line.startsWith('data:')) event.data += line.slice(5).trimStart();
  }
  return event;
}

/** Cuts what arrives into whole events; they end in an empty line. Each part is looked at once, however large an event gets. */
export class Splitter {
  private parts: string[] = [];
  /** The last line end may be the first half of an empty line. */
  private lineEnd = '';

  add(arrived: string): ServerEvent[] {
    const text = this.lineEnd + arrived.replaceAll('\r', '');
    const events: ServerEvent[] = [];
    let at = 0;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n', at)) {
      events.push(eventOf(this.parts.join('') + text.slice(at, end)));
      this.parts = [];
      at = end + 2;
    }
    this.lineEnd = text.length > at && text.endsWith('\n') ? '\n' : '';
    this.parts.push(text.slice(at, text.length - this.lineEnd.length));
    return events;
  }
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
  const splitter = new Splitter();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    splitter.add(value).forEach(onEvent);
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
