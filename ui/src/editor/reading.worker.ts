/** Reads YAML beside the page, which has keys to answer meanwhile. */
import { offsetOf, outlineOf, type Outline } from './outline';

export type Question = { id: number; text: string; path?: string };
export type Answer = { id: number; outline?: Outline; shape?: string; offset?: number };

const port = self as unknown as { onmessage: (event: MessageEvent<Question>) => void; postMessage: (answer: Answer) => void };

port.onmessage = ({ data: { id, text, path } }) => {
  if (path !== undefined) return port.postMessage({ id, offset: offsetOf(text, path) });
  const outline = outlineOf(text);
  port.postMessage({ id, outline, shape: outline && JSON.stringify(outline.structure) });
};
