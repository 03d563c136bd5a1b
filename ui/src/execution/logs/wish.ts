/** Which lines one wants to see, as the server's lists and streams take it. */
import { query } from '@/api/client';
import type { Level } from '@/api/types';

export const LEVELS: readonly Level[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

export interface Wish {
  level: Level;
  text: string;
  taskRunId?: string;
  taskId?: string;
  attempt?: number;
}

/** The filters of a wish, for `/logs/{id}/…` and `/logs/search`. */
function filtersOf(id: string, { level, text, taskRunId, taskId, attempt }: Wish): Record<string, string | undefined> {
  const is = (name: string) => `filters[${name}][EQUALS]`;
  return {
    [is('executionId')]: id,
    [is('level')]: level === 'TRACE' ? undefined : level,
    [is('q')]: text || undefined,
    [is('taskRunId')]: taskRunId,
    [is('taskId')]: taskId,
    [is('attemptNumber')]: attempt === undefined ? undefined : String(attempt),
  };
}

export const asQuery = (id: string, wish: Wish, more: Record<string, string | number | boolean> = {}): string =>
  query({ ...filtersOf(id, wish), ...more });
