/** What can be written inside `{{ … }}`. */
import type { Outline } from './outline';

export interface Suggestion {
  label: string;
  detail?: string;
  info?: string;
  kind: 'variable' | 'property' | 'function' | 'keyword' | 'type' | 'enum';
  apply?: string;
}
export interface Vocabulary {
  functions: { name: string; arguments: string[] }[];
  filters: string[];
}

const ROOTS: Record<string, string> = {
  inputs: 'the values the execution was given', outputs: 'what tasks gave', vars: 'variables of the flow', flow: 'id, namespace, revision',
  execution: 'id, startDate, state', trigger: 'what the trigger saw', task: 'id and type of this task', taskrun: 'id, startDate, value',
  labels: 'labels of the execution', envs: 'environment of the server', globals: 'globals of the server', namespace: 'variables of the namespace',
  parent: 'the iteration around this one', parents: 'all iterations around', error: 'the task that failed', kestra: 'environment and address',
};
const MEMBERS: Record<string, string[]> = {
  flow: ['id', 'namespace', 'revision', 'tenantId'], execution: ['id', 'startDate', 'originalId', 'state', 'outputs'],
  task: ['id', 'type'], taskrun: ['id', 'startDate', 'value', 'iteration', 'attemptsCount', 'parentId'],
  parent: ['taskrun', 'outputs'], error: ['taskId', 'message', 'stackTrace'], kestra: ['environment', 'url'],
};
const TRIGGER = ['date', 'next', 'previous', 'body', 'headers', 'parameters', 'executionId', 'namespace', 'flowId', 'state', 'outputs'];

/** The expression around the end of a text: what stands after the last `{{` or `{%` that is still open. */
export function openExpression(before: string): string | undefined {
  const start = Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%'));
  if (start < 0) return undefined;
  const inside = before.slice(start + 2);
  return inside.includes('}}') || inside.includes('%}') ? undefined : inside;
}

export interface Wish {
  path: string[];
  word: string;
  isFilter: boolean;
}

/** What is being typed at the end of an expression: `outputs.a.b` is the word b below outputs, a. */
export function wishOf(inside: string): Wish {
  const filter = /\|\s*(\w*)$/.exec(inside);
  if (filter) return { path: [], word: filter[1] ?? '', isFilter: true };
  const text = /[\w$\-.[\]'"]*$/.exec(inside)?.[0] ?? '';
  const parts = text.replace(/\[['"]?([^\]'"]*)['"]?\]/g, '.$1').split(/[.[]/);
  const word = (parts.pop() ?? '').replace(/^['"]/, '');
  return { path: parts, word, isFilter: false };
}

const properties = (names: string[], detail?: string): Suggestion[] => names.map((label) => ({ label, detail, kind: 'property' }));

/** Suggests for a wish; `outputsOf` names the outputs of a type, as far as they are known yet. */
export function suggest(
  wish: Wish, outline: Outline | undefined, vocabulary: Vocabulary, outputsOf: (type: string) => string[],
): Suggestion[] {
  if (wish.isFilter) return vocabulary.filters.map((label) => ({ label, detail: 'filter', kind: 'function' }));
  const [root, second, ...rest] = wish.path;
  if (root === undefined) {
    return [
      ...Object.entries(ROOTS).map(([label, info]): Suggestion => ({ label, info, kind: 'variable' })),
      ...vocabulary.functions.map(({ name, arguments: names }): Suggestion => ({
        label: name, detail: `(${names.join(', ')})`, kind: 'function', apply: names.length ? `${name}(` : `${name}()`,
      })),
    ];
  }
  if (second === undefined) {
    if (root === 'inputs') return properties(outline?.inputs ?? [], 'input');
    if (root === 'vars') return properties(outline?.variables ?? [], 'variable');
    if (root === 'labels') return properties(outline?.labels ?? [], 'label');
    if (root === 'trigger') return properties(TRIGGER);
    if (root === 'outputs') return (outline?.tasks ?? []).map(({ id, type }) => ({ label: id, detail: type.slice(type.lastIndexOf('.') + 1), kind: 'property' }));
    return properties(MEMBERS[root] ?? []);
  }
  if (root === 'outputs' && rest.length === 0) {
    const type = outline?.tasks.find((task) => task.id === second)?.type;
    return type ? properties(outputsOf(type), 'output') : [];
  }
  return [];
}
