/** The log lines of an execution as they arrive: each one once, in the order of time, whatever the connection does. */
import type { Level, LogLine } from '@/api/types';

export const LEVELS: readonly Level[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];
export const MOST = 200_000;

/** A moment with microseconds as text that sorts; servers leave out zeros at the end. */
export function sortable(timestamp: string): string {
  const [whole = '', rest = ''] = timestamp.replace('Z', '').split('.');
  return `${whole}.${rest.padEnd(6, '0')}`;
}

const identity = (line: LogLine) =>
  `${line.timestamp}\n${line.taskRunId ?? ''}\n${line.attemptNumber ?? ''}\n${line.level}\n${line.message}`;

/** Names a line in an address; the same lines of the same moment share it. */
export const nameOf = (line: LogLine): string => `${line.timestamp},${line.taskRunId ?? ''}`;

export class Feed {
  constructor(private readonly most = MOST) {}

  lines: readonly LogLine[] = [];
  /** How many were let go of, to keep the page light. */
  dropped = 0;
  readonly counts: Record<Level, number> = { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0 };
  /** After a reconnection: what is here already and comes again, with how often. */
  private again: Map<string, number> | undefined;

  /** The server sends everything from the beginning: what was seen is passed over. */
  reopened(): void {
    if (this.lines.length === 0) return;
    this.again = new Map();
    for (const line of this.lines) {
      const key = identity(line);
      this.again.set(key, (this.again.get(key) ?? 0) + 1);
    }
  }

  private isNew(line: LogLine): boolean {
    if (!this.again) return true;
    const key = identity(line);
    const left = this.again.get(key) ?? 0;
    if (left === 0) return !this.isDropped(line);
    if (left === 1) this.again.delete(key);
    else this.again.set(key, left - 1);
    return false;
  }

  /** Lines that were let go of come again before the first that was kept. */
  private isDropped(line: LogLine): boolean {
    const first = this.lines[0];
    return this.dropped > 0 && first !== undefined && sortable(line.timestamp) < sortable(first.timestamp);
  }

  add(arrived: readonly LogLine[]): void {
    const fresh = arrived.filter((line) => this.isNew(line));
    if (fresh.length === 0) return;
    fresh.forEach((line) => (this.counts[line.level] += 1));
    const last = this.lines.at(-1);
    const isInOrder = fresh.every((line, index) => {
      const before = fresh[index - 1] ?? last;
      return !before || sortable(before.timestamp) <= sortable(line.timestamp);
    });
    let next = [...this.lines, ...fresh];
    // Workers send in parallel: a line may come after one that is younger.
    if (!isInOrder) {
      const keyed = next.map((line) => ({ line, at: sortable(line.timestamp) }));
      keyed.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
      next = keyed.map(({ line }) => line);
    }
    if (next.length > this.most) {
      this.dropped += next.length - this.most;
      next = next.slice(-this.most);
    }
    this.lines = next;
  }
}

export interface Wish {
  level: Level;
  text: string;
  taskRunId?: string;
  taskId?: string;
  attempt?: number;
}

export function passing(lines: readonly LogLine[], { level, text, taskRunId, taskId, attempt }: Wish): readonly LogLine[] {
  const least = LEVELS.indexOf(level);
  const needle = text.toLowerCase();
  if (least === 0 && !needle && !taskRunId && !taskId) return lines;
  return lines.filter((line) =>
    LEVELS.indexOf(line.level) >= least
    && (!taskRunId || line.taskRunId === taskRunId)
    && (!taskId || line.taskId === taskId)
    && (attempt === undefined || line.attemptNumber === attempt)
    && (!needle || line.message.toLowerCase().includes(needle)));
}
