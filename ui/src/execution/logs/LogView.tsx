/** The lines of an execution: moment, level, task, text; what was searched for is marked, a line that names an execution leads there. */
import { Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { LogLine } from '@/api/types';
import { clock } from '@/format/time';
import { Icon } from '@/ui/Icon';
import { partsOf } from './ansi';
import { LineScroller, type Source } from './LineScroller';
import { nameOf } from './lines';

const LINKED = /\[\[link execution="([^"]+)"[^\]]*\]\]/;

/** A line that names an execution it started leads there. */
function Message({ message, text }: { message: string; text: string }) {
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

/** Letters that are as wide as any other; colours of programs take room in the text and none on the screen. */
// Control characters are what this looks for.
// eslint-disable-next-line no-control-regex
const PLAIN = /^[\x0a\x20-\x7e]*$/;

export const Text = ({ message, text }: { message: string; text: string }) => (
  <span className="log-text" data-odd={PLAIN.test(message) && !message.includes('[[link ') ? undefined : ''}>
    {text || message.includes('\u001b') || message.includes('[[link ') ? <Message message={message} text={text} /> : message}
  </span>
);

const LINK = (
  <button type="button" className="log-link" data-link aria-label="Copy a link to this line" title="Copy a link to this line"><Icon name="link" size={13} /></button>
);

export interface LogViewProps {
  lines: Source;
  version: number;
  text: string;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
  /** The name of the line an address leads to, and about where it is. */
  marked?: string;
  markedAt?: number;
  onLink?: (line: LogLine) => void;
  onTask?: (line: LogLine) => void;
}

export function LogView({ lines, version, text, isFollowing, onFollow, marked, markedAt, onLink, onTask }: LogViewProps) {
  const [hasLink, hasTask] = [onLink !== undefined, onTask !== undefined];
  const draw = useCallback((line: LogLine) => (
    <div className="log-line" data-level={line.level} data-marked={marked !== undefined && nameOf(line) === marked}>
      <time dateTime={line.timestamp}>{clock(line.timestamp)}</time>
      <b>{line.level}</b>
      {hasTask && line.taskId
        ? <button type="button" className="log-task" data-task title={`Show only ${line.taskId}`}>{line.taskId}</button>
        : <span className="log-task">{line.taskId ?? line.triggerId ?? ''}</span>}
      <Text message={line.message} text={text} />
      {hasLink && LINK}
    </div>
  ), [text, marked, hasLink, hasTask]);
  const onClick = (line: LogLine, target: Element) => {
    if (target.closest('[data-link]')) onLink?.(line);
    else if (target.closest('[data-task]')) onTask?.(line);
  };
  return <LineScroller source={lines} version={version} draw={draw} isFollowing={isFollowing} onFollow={onFollow} target={markedAt} onClick={onClick} />;
}
