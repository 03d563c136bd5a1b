/** What a text says, read by a worker: a long flow takes longer to read than a key may wait. */
import { useEffect, useState } from 'react';
import type { Outline } from './outline';
import type { Answer, Question } from './reading.worker';

let worker: Worker | undefined;
let asked = 0;
const waiting = new Map<number, (answer: Answer) => void>();

function ask(question: Omit<Question, 'id'>): Promise<Answer> {
  if (!worker) {
    worker = new Worker(new URL('./reading.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    };
  }
  asked += 1;
  const id = asked;
  const present = worker;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    present.postMessage({ ...question, id });
  });
}

/** Where in the text a path like `tasks[0].then[1]` begins. */
export const offsetIn = async (text: string, path: string): Promise<number | undefined> => (await ask({ text, path })).offset;

/** The outline of a text; `undefined` until it is read, `null` for a text that is no flow at all. Of one that cannot be read, the last that could: half a line must not empty the graph. */
export function useOutline(text: string): Outline | null | undefined {
  const [found, setFound] = useState<{ outline: Outline | null; shape?: string }>();
  useEffect(() => {
    let isLatest = true;
    void ask({ text }).then(({ outline, shape }) => {
      if (!isLatest) return;
      if (!outline) return setFound((before) => before ?? { outline: null });
      // The same structure stays the same object, so that the graph is not drawn again for a letter in a message.
      setFound((before) => ({ outline: before?.outline && before.shape === shape ? { ...outline, structure: before.outline.structure } : outline, shape }));
    });
    return () => {
      isLatest = false;
    };
  }, [text]);
  return found?.outline;
}
