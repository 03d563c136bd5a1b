/** Values as a tree, and the expression that names each of them. */
import type { Json, TaskRun } from '@/api/types';

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `outputs.a['b-c'][0]` */
export function expressionOf(path: readonly (string | number)[]): string {
  return path.map((part, index) => {
    if (typeof part === 'number') return `[${part}]`;
    if (PLAIN.test(part)) return index === 0 ? part : `.${part}`;
    return `['${part.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`;
  }).join('');
}

/** Where the outputs of a task run stand for later tasks: below its id, and in loops below the values around it. */
export function outputPath(run: TaskRun, runs: ReadonlyMap<string, TaskRun>): string[] {
  const values: string[] = [];
  for (let at: TaskRun | undefined = run; at; at = at.parentTaskRunId ? runs.get(at.parentTaskRunId) : undefined) {
    if (at.value !== undefined) values.unshift(at.value);
  }
  return ['outputs', run.taskId, ...values];
}

export const isFile = (value: Json): value is string => typeof value === 'string' && value.startsWith('kestra://');

export const entriesOf = (value: Json): [string | number, Json][] => {
  if (Array.isArray(value)) return value.map((one, index) => [index, one]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
};

/** A value in a few words, for a closed line of the tree. */
export function brief(value: Json): string {
  if (Array.isArray(value)) return `${value.length} item${value.length === 1 ? '' : 's'}`;
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value);
    return `{${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}}`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
