/** Lines of text, as many as there are: those on the screen are elements, each in a slot that is used again. */
import { memo, useEffect, useLayoutEffect, useRef, useState, type MouseEvent, type ReactNode, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import type { LogLine } from '@/api/types';
import { keepFocus } from '@/ui/rows';
import { tellMoment } from '@/ui/Time';
import type { Heights } from './heights';
import './logs.css';

const LINE = 20;
const OVERSCAN = 10;
/** Browsers do not make elements higher than 17 million pixels: beyond, the scroll bar moves over more than it shows. */
const HIGHEST = 15_000_000;
const NEAR_END = 40;
const REST = 150;
const PROBE = 'x'.repeat(40);

/** What is shown: an array, or a window on many lines. */
export interface Source {
  readonly count: number;
  readonly heights: Heights;
  at: (index: number) => LogLine | undefined;
  want?: (from: number, to: number) => void;
  setColumns: (columns: number) => void;
}
interface Props {
  source: Source;
  /** Changes whenever the source did. */
  version: number;
  /** Draws a line; stays the same function while lines look the same. */
  draw: (line: LogLine, index: number) => ReactNode;
  isFollowing?: boolean;
  onFollow?: (isFollowing: boolean) => void;
  /** A line to be brought to the middle. */
  target?: number;
  onClick?: (line: LogLine, target: Element) => void;
  onLast?: (index: number) => void;
  height?: number | string;
}

const Place = memo(function Place({ line, index, top, rows, draw }: { line: LogLine | undefined; index: number; top: number; rows: number; draw: Props['draw'] }) {
  return (
    <div className="log-place" data-index={index} style={{ transform: `translateY(${top}px)`, height: rows * LINE }}>
      {line ? draw(line, index) : <div className="log-line quiet">…</div>}
    </div>
  );
});

/** How many characters a line's text has room for, measured with a line that nobody sees. */
function useColumns(probe: RefObject<HTMLDivElement | null>, source: Source) {
  useLayoutEffect(() => {
    const element = probe.current;
    const text = element?.querySelector('.log-text');
    if (!element || !text) return;
    const measure = () => {
      const range = document.createRange();
      range.selectNodeContents(text);
      const character = range.getBoundingClientRect().width / PROBE.length;
      if (character > 0) source.setColumns(Math.max(20, Math.floor(text.getBoundingClientRect().width / character + 0.01)));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [probe, source]);
}

/** Text the browser draws wider than its letters count: its height is what it turns out to be. */
function useOddLines(scroller: RefObject<HTMLDivElement | null>, source: Source, version: number, seen: number, again: () => void) {
  useLayoutEffect(() => {
    let isChanged = false;
    scroller.current?.querySelectorAll<HTMLElement>('.log-text[data-odd]').forEach((text) => {
      const index = Number(text.closest('[data-index]')?.getAttribute('data-index') ?? -1);
      const rows = Math.max(1, Math.round(text.scrollHeight / LINE));
      if (index < 0 || source.heights.of(index) === rows) return;
      source.heights.set(index, rows);
      isChanged = true;
    });
    if (isChanged) again();
  }, [scroller, source, version, seen, again]);
}

/** Of lists that are scaled a pixel of the scroll bar is more than one of the text. */
function scaleOf(heights: Heights, room: number): number {
  const whole = heights.total * LINE;
  return whole > HIGHEST ? (whole - room) / (HIGHEST - room) : 1;
}

export function LineScroller({ source, version, draw, isFollowing = false, onFollow, target = -1, onClick, onLast, height = '100%' }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 800, isMoving: false, odd: 0 });
  const [again] = useState(() => () => setSeen((before) => ({ ...before, odd: before.odd + 1 })));
  const latest = useRef({ source, isFollowing, onFollow });
  useLayoutEffect(() => {
    latest.current = { source, isFollowing, onFollow };
  });
  useColumns(probe, source);
  useOddLines(scroller, source, version, seen.top, again);

  const { heights, count } = source;
  const whole = heights.total * LINE;
  const tall = Math.min(whole, HIGHEST);
  /** The line at the upper edge, and how much of it is above: it stays there when lines before it turn out higher. */
  const anchor = useRef({ index: 0, above: 0 });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let [timer, before] = [0, 0];
    const look = (isMoving: boolean) => {
      const { source: now } = latest.current;
      const top = element.scrollTop * scaleOf(now.heights, element.clientHeight);
      const index = now.heights.at(Math.floor(top / LINE));
      anchor.current = { index, above: top - now.heights.before(index) * LINE };
      setSeen((last) => ({ ...last, top: element.scrollTop, height: element.clientHeight, isMoving }));
    };
    const onScroll = () => {
      const isUp = element.scrollTop < before - 2;
      before = element.scrollTop;
      const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
      if (latest.current.isFollowing && isUp && !isAtEnd) latest.current.onFollow?.(false);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => look(false), REST);
      flushSync(() => look(true));
    };
    const observer = new ResizeObserver(() => look(false));
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      window.clearTimeout(timer);
      element.removeEventListener('scroll', onScroll);
    };
  }, []);

  const virtual = Math.max(0, Math.min(seen.top * scaleOf(heights, seen.height), whole - seen.height));
  const slots = Math.ceil(seen.height / LINE) + 1 + 2 * OVERSCAN;
  const first = count ? Math.max(0, heights.at(Math.floor(virtual / LINE)) - OVERSCAN) : 0;
  const last = Math.min(count, first + slots);
  const shown: { index: number; top: number }[] = [];
  const shift = virtual - seen.top;
  for (let index = first, top = heights.before(first) * LINE - shift; index < last; index += 1) {
    shown.push({ index, top });
    top += heights.of(index) * LINE;
  }
  if (seen.isMoving) shown.sort((one, other) => (one.index % slots) - (other.index % slots));

  useEffect(() => {
    source.want?.(first, last);
    onLast?.(last);
  }, [source, version, first, last, onLast]);
  useLayoutEffect(() => {
    if (scroller.current) keepFocus(scroller.current, first, last);
  }, [first, last]);
  // After every change of the lines: at the end while one follows, else where one was.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (isFollowing) element.scrollTop = tall;
    else {
      const wanted = heights.before(anchor.current.index) * LINE + anchor.current.above;
      const factor = scaleOf(heights, element.clientHeight);
      if (Math.abs(wanted - element.scrollTop * factor) >= 1 && element.scrollTop > 0) element.scrollTop = wanted / factor;
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when there is something new: scrolling is not to be undone
  }, [version, isFollowing, tall, source, seen.odd]);
  const reached = useRef<number>(undefined);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || target < 0 || target >= count || reached.current === target) return;
    reached.current = target;
    // What turns out higher before the browser tells of this move must not undo it.
    anchor.current = { index: target, above: -element.clientHeight / 2 };
    element.scrollTop = (heights.before(target) * LINE + anchor.current.above) / scaleOf(heights, element.clientHeight);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each target, as soon as it is there
  }, [target, count]);

  const click = ({ target: at }: MouseEvent) => {
    const line = at instanceof Element ? source.at(Number(at.closest('[data-index]')?.getAttribute('data-index') ?? -1)) : undefined;
    if (line && at instanceof Element) onClick?.(line, at);
  };
  return (
    // A region that scrolls has to be reachable by keys; its clicks are those of the buttons in the lines.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <div ref={scroller} className="log-view" style={{ height }} role="log" aria-live="off" aria-label="Log lines" onClick={click} onPointerOver={tellMoment}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}>
      <div ref={probe} className="log-probe" aria-hidden="true">{draw({ timestamp: '2026-01-01T00:00:00Z', level: 'INFO', message: PROBE }, -1)}</div>
      <div style={{ height: tall, position: 'relative' }}>
        {shown.map(({ index, top }) => <Place key={index % slots} line={source.at(index)} index={index} top={top} rows={heights.of(index)} draw={draw} />)}
      </div>
    </div>
  );
}
