/** The keyboard map: keys and short sequences ("g f"), off while somebody types. */
import { useEffect, useRef } from 'react';

export interface Binding {
  keys: string;
  label: string;
  run: () => void;
}

const PATIENCE = 1000;
const bindings = new Set<Binding>();
let typed: string[] = [];
let timer = 0;

/** What the help shows: the bindings of this moment, in the order they came. */
export const present = (): Binding[] => [...bindings];

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

const forget = () => {
  typed = [];
};

export function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  if (event.key === 'Shift' || document.querySelector('[role=dialog]')) return;
  window.clearTimeout(timer);
  const sequence = [...typed, event.key].join(' ');
  const found = [...bindings].reverse();
  const hit = found.find((one) => one.keys === sequence) ?? found.find((one) => one.keys === event.key);
  if (hit) {
    event.preventDefault();
    forget();
    hit.run();
  } else if (found.some((one) => one.keys.startsWith(`${sequence} `))) {
    typed.push(event.key);
    timer = window.setTimeout(forget, PATIENCE);
  } else {
    forget();
  }
}

/** Binds keys while the component is there; the last one to bind a key has it. */
export function useKeys(wanted: Binding[]): void {
  const latest = useRef(wanted);
  useEffect(() => {
    latest.current = wanted;
  });
  const shape = wanted.map((one) => `${one.keys}\n${one.label}`).join('\t');
  useEffect(() => {
    const mine = shape.split('\t').filter(Boolean).map((text, index): Binding => {
      const [keys = '', label = ''] = text.split('\n');
      return { keys, label, run: () => latest.current[index]?.run() };
    });
    mine.forEach((one) => bindings.add(one));
    return () => mine.forEach((one) => bindings.delete(one));
  }, [shape]);
}
