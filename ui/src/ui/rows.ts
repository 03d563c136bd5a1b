/** Which rows of a long list are elements: those on the screen and some around them, each in a slot that is used again. */
import { useCallback, useEffect, useLayoutEffect, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';

export interface Shown {
  index: number;
  /** Names the element: the row that leaves at one end lends its own to the one that comes at the other. */
  slot: number;
  top: number;
}
interface Wish {
  scroller: RefObject<HTMLElement | null>;
  count: number;
  /** Every row has this height, in pixels. */
  height: number;
  overscan?: number;
}

const OVERSCAN = 6;
/** A list that has not moved for so long rests, in milliseconds. */
const REST = 150;
/** Before the first measurement: as much as a large screen shows. */
const AT_FIRST = 900;

/** A row that has the focus may leave: then the list keeps the focus, not the row that comes into its slot. */
export function keepFocus(scroller: HTMLElement, first: number, last: number): void {
  const focused = document.activeElement;
  if (!focused || focused === scroller || !scroller.contains(focused)) return;
  const index = Number(focused.closest('[data-index]')?.getAttribute('data-index') ?? first);
  if (index < first || index >= last) scroller.focus({ preventScroll: true });
}

export function useRows({ scroller, count, height, overscan = OVERSCAN }: Wish) {
  const [seen, setSeen] = useState({ top: 0, rows: Math.ceil(AT_FIRST / height), isMoving: false });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let [rows, timer] = [0, 0];
    const look = (isMoving: boolean) => {
      const top = Math.floor(element.scrollTop / height);
      keepFocus(element, top - overscan, top + rows + overscan);
      setSeen((before) => (before.top === top && before.rows === rows && before.isMoving === isMoving ? before : { top, rows, isMoving }));
    };
    const observer = new ResizeObserver(() => {
      rows = Math.ceil(element.clientHeight / height) + 1;
      look(false);
    });
    const onScroll = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => look(false), REST);
      // In the same frame: rows that are not there yet would show as a white stripe.
      flushSync(() => look(true));
    };
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      window.clearTimeout(timer);
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller, height, overscan]);

  const slots = seen.rows + 2 * overscan;
  const first = Math.max(0, Math.min(seen.top - overscan, count - slots));
  const last = Math.min(count, first + slots);
  const shown: Shown[] = [];
  for (let index = first; index < last; index += 1) shown.push({ index, slot: index % slots, top: index * height });
  // To change places makes elements new for the browser. What moves keeps its place; at rest rows stand as they are read.
  if (seen.isMoving) shown.sort((one, other) => one.slot - other.slot);

  const show = useCallback((index: number) => {
    const element = scroller.current;
    if (!element) return;
    const top = index * height;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + height > element.scrollTop + element.clientHeight) element.scrollTop = top + height - element.clientHeight;
  }, [scroller, height]);
  return { shown, total: count * height, last, show };
}

/** Calls `onEnd` when the last rows that are there come near; `hasMore` says whether there are others. */
export function useEnd(last: number, count: number, hasMore: boolean, onEnd: () => void): void {
  const isNear = hasMore && last >= count - 30;
  useEffect(() => {
    if (isNear) onEnd();
  }, [isNear, count, onEnd]);
}
