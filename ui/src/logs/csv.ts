/** Log lines as a table: the newest that pass the filters, as many as a browser can well hold. */
import { MAIN, ask } from '@/api/client';
import type { LogLine, Paged } from '@/api/types';

const COLUMNS = ['timestamp', 'level', 'namespace', 'flowId', 'executionId', 'taskId', 'triggerId', 'message'] as const;
const PAGE = 1000;
export const MOST = 20_000;

/** A cell that begins like a formula is text to a spreadsheet only with a quote before it. */
const cell = (text: string): string => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

export function csvOf(lines: readonly LogLine[]): string {
  const rows = lines.map((line) => COLUMNS.map((name) => cell(String(line[name] ?? ''))).join(','));
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}

/** `filters` is the query of the address; returns the table, how many lines it has and how many there are. */
export async function exported(filters: string, page = PAGE, most = MOST): Promise<{ csv: string; count: number; total: number }> {
  const lines: LogLine[] = [];
  for (let number = 1; ; number += 1) {
    const { results, total } = await ask<Paged<LogLine>>(`${MAIN}/logs/search${filters || '?'}${filters && '&'}page=${number}&size=${page}&sort=timestamp:desc`);
    lines.push(...results);
    if (results.length === 0 || lines.length >= Math.min(total, most)) return { csv: csvOf(lines), count: lines.length, total };
  }
}
