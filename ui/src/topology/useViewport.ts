/** Moving and zooming a drawing: drag, wheel, keys, fit. */
import { useCallback, useEffect, useRef, useState, type PointerEvent } from 'react';

export interface Viewport {
  x: number;
  y: number;
  scale: number;
}
export interface Extent {
  width: number;
  height: number;
}

/** A drawing goes to the right or downwards from its beginning. */
interface Drawn extends Extent {
  direction: 'right' | 'down';
}

const LEAST = 0.05;
const MOST = 2;
const MARGIN = 24;
const STEP = 60;

export function fitted(content: Extent, frame: Extent): Viewport {
  const room = { width: frame.width - 2 * MARGIN, height: frame.height - 2 * MARGIN };
  const scale = Math.max(LEAST, Math.min(1, room.width / Math.max(1, content.width), room.height / Math.max(1, content.height)));
  return { scale, x: (frame.width - content.width * scale) / 2, y: (frame.height - content.height * scale) / 2 };
}

/** Smaller than this its words cannot be read. */
export const READABLE = 0.62;

/** What is shown at first: all of it where that can be read, else where it begins. */
export function started(content: Drawn, frame: Extent): Viewport {
  const whole = fitted(content, frame);
  if (whole.scale >= READABLE) return whole;
  const middle = (length: number, room: number) => (room - length * READABLE) / 2;
  return content.direction === 'right'
    ? { scale: READABLE, x: MARGIN, y: middle(content.height, frame.height) }
    : { scale: READABLE, x: middle(content.width, frame.width), y: MARGIN };
}

/** Zooms so that the point under the pointer stays where it is. */
export function zoomed(view: Viewport, factor: number, atX: number, atY: number): Viewport {
  const scale = Math.min(MOST, Math.max(LEAST, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: atX - (atX - view.x) * ratio, y: atY - (atY - view.y) * ratio };
}

export function useViewport(content: Drawn) {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<Viewport>({ x: MARGIN, y: MARGIN, scale: 1 });
  const [size, setSize] = useState<Extent>({ width: 0, height: 0 });
  const dragged = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const touched = useRef(false);
  const { direction } = content;
  useEffect(() => {
    // What was moved into sight of one drawing is nowhere in the other.
    touched.current = false;
  }, [direction]);

  const see = useCallback((how: typeof started) => {
    const element = frame.current;
    if (element) setView(how(content, { width: element.clientWidth, height: element.clientHeight }));
  }, [content]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
      if (!touched.current) see(started);
    });
    observer.observe(element);
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      touched.current = true;
      const bounds = element.getBoundingClientRect();
      setView((now) => (event.ctrlKey || event.metaKey || !event.shiftKey
        ? zoomed(now, Math.exp(-event.deltaY / 500), event.clientX - bounds.left, event.clientY - bounds.top)
        : { ...now, x: now.x - event.deltaY }));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener('wheel', onWheel);
    };
  }, [see]);

  const zoom = (factor: number) => {
    touched.current = true;
    setView((now) => zoomed(now, factor, size.width / 2, size.height / 2));
  };
  const pan = (x: number, y: number) => {
    touched.current = true;
    setView((now) => ({ ...now, x: now.x + x, y: now.y + y }));
  };
  /** Brings a place of the drawing into the middle. */
  const show = (x: number, y: number) => {
    touched.current = true;
    setView((now) => {
      const scale = Math.max(now.scale, 0.7);
      return { scale, x: size.width / 2 - x * scale, y: size.height / 2 - y * scale };
    });
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      if (event.button === 0) dragged.current = { x: event.clientX, y: event.clientY, moved: false };
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      const before = dragged.current;
      if (!before) return;
      const [x, y] = [event.clientX - before.x, event.clientY - before.y];
      if (!before.moved && Math.abs(x) + Math.abs(y) < 4) return;
      if (!before.moved) event.currentTarget.setPointerCapture(event.pointerId);
      dragged.current = { x: event.clientX, y: event.clientY, moved: true };
      pan(x, y);
    },
    onPointerUp: () => {
      dragged.current = null;
    },
  };
  const onKey = (key: string): boolean => {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP],
    };
    const move = moves[key];
    if (move) pan(...move);
    else if (key === '+' || key === '=') zoom(1.25);
    else if (key === '-') zoom(0.8);
    else if (key === '0') refit();
    else return false;
    return true;
  };
  const refit = () => {
    touched.current = true;
    see(fitted);
  };
  return { frame, view, size, handlers, zoom, fit: refit, show, onKey };
}
