/** Log lines, as many as there are: only those on the screen are elements. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { Link } from '@tanstack/react-router';
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { LogLine } from '@/api/types';
import { absolute, clock } from '@/format/time';
import { Icon } from '@/ui/Icon';
import { partsOf } from './ansi';
import { nameOf } from './feed';
import './logs.css';

const LINE = 20;
const CHARACTER = 7.25;
const BESIDE = 330;
const NEAR = 40;

interface RowProps {
  line: LogLine;
  text: string;
  isMarked: boolean;
  onLink?: (line: LogLine) => void;
  onTask?: (line: LogLine) => void;
}

const LINKED = /\[\[link execution="([^"]+)"[^\]]*\]\]/;

/** A line that names an execution it started leads there. */
export function Message({ message, text }: { message: string; text: string }) {
  const match = LINKED.exec(message);
  if (!match) return <Words message={message} text={text} />;
  return (
    <>
      <Words message={message.slice(0, match.index)} text={text} />
      <Link to="/main/executions/$id" params={{ id: match[1] ?? '' }}>{match[1]}</Link>
      <Words message={message.slice(match.index + match[0].length)} text={text} />
    </>
  );
}

function Words({ message, text }: { message: string; text: string }) {
  const parts = partsOf(message);
  if (!text) return parts.map((part, index) => <span key={index} className={part.className || undefined}>{part.text}</span>);
  const needle = text.toLowerCase();
  return parts.flatMap((part, index) => {
    const pieces = [];
    let at = 0;
    for (let hit = part.text.toLowerCase().indexOf(needle); hit >= 0; hit = part.text.toLowerCase().indexOf(needle, at)) {
      pieces.push(<span key={`${index}-${at}`} className={part.className}>{part.text.slice(at, hit)}</span>);
      pieces.push(<mark key={`${index}-${hit}m`}>{part.text.slice(hit, hit + needle.length)}</mark>);
      at = hit + needle.length;
    }
    return [...pieces, <span key={`${index}-${at}r`} className={part.className}>{part.text.slice(at)}</span>];
  });
}

const LogRow = memo(function LogRow({ line, text, isMarked, onLink, onTask }: RowProps) {
  return (
    <div className="log-line" data-level={line.level} data-marked={isMarked}>
      <time dateTime={line.timestamp} title={absolute(line.timestamp)}>{clock(line.timestamp)}</time>
      <b>{line.level}</b>
      {onTask && line.taskId
        ? <button type="button" className="log-task" title={`Show only ${line.taskId}`} onClick={() => onTask(line)}>{line.taskId}</button>
        : <span className="log-task">{line.taskId ?? line.triggerId ?? ''}</span>}
      <span className="log-text"><Message message={line.message} text={text} /></span>
      {onLink && (
        <button type="button" className="log-link" aria-label="Copy a link to this line" title="Copy a link to this line" onClick={() => onLink(line)}>
          <Icon name="link" size={13} />
        </button>
      )}
    </div>
  );
});

export interface LogViewProps {
  lines: readonly LogLine[];
  text: string;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
  /** The name of the line an address leads to. */
  marked?: string;
  onLink?: (line: LogLine) => void;
  onTask?: (line: LogLine) => void;
  height?: number | string;
}

export function LogView({ lines, text, isFollowing, onFollow, marked, onLink, onTask, height = '100%' }: LogViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [columns, setColumns] = useState(100);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setColumns(Math.max(20, Math.floor((element.clientWidth - BESIDE) / CHARACTER))));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const heightOf = (index: number) => {
    const message = lines[index]?.message ?? '';
    if (message.length <= columns && !message.includes('\n')) return LINE;
    return LINE * message.split('\n').reduce((rows, part) => rows + Math.max(1, Math.ceil(part.length / columns)), 0);
  };
  const virtual = useVirtualizer({
    count: lines.length, getScrollElement: () => scroller.current, estimateSize: heightOf, overscan: 20, useAnimationFrameWithResizeObserver: true,
  });
  useEffect(() => virtual.measure(), [columns, virtual]);

  const count = lines.length;
  useLayoutEffect(() => {
    if (isFollowing && count) virtual.scrollToIndex(count - 1, { align: 'end' });
  }, [count, isFollowing, virtual]);
  const at = marked ? lines.findIndex((line) => nameOf(line) === marked) : -1;
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'center' });
  }, [at, virtual]);

  const before = useRef(0);
  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const isUp = element.scrollTop < before.current - 2;
    before.current = element.scrollTop;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    if (isFollowing && isUp && !isAtEnd) onFollow(false);
  };
  return (
    <div ref={scroller} className="log-view" style={{ height }} onScroll={onScroll} role="log" aria-live="off" aria-label="Log lines"
      // A region that scrolls has to be reachable by keys.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index];
          return line && (
            <div key={key} ref={virtual.measureElement} data-index={index} className="log-place" style={{ transform: `translateY(${start}px)` }}>
              <LogRow line={line} text={text} isMarked={index === at} onLink={onLink} onTask={onTask} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
