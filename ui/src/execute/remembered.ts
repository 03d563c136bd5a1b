/** The values of the last start of a flow, kept in this browser. Secrets and files are not kept. */
import type { Input } from '@/api/types';
import type { Values } from '@/inputs/values';

const keyOf = (namespace: string, id: string): string => `lanner.inputs.${namespace}.${id}`;
const NEVER = new Set(['SECRET', 'FILE']);

export function remember(namespace: string, id: string, values: Values, inputs: Input[]): void {
  const types = new Map(inputs.map((input) => [input.id, input.type]));
  const kept = Object.entries(values).filter(([name, value]) => typeof value === 'string' && !NEVER.has(types.get(name) ?? 'SECRET'));
  if (kept.length) localStorage.setItem(keyOf(namespace, id), JSON.stringify(Object.fromEntries(kept)));
}

/** The remembered values, as far as the flow still has those inputs. */
export function recall(namespace: string, id: string, inputs: Input[]): Record<string, string> {
  const known = new Set(inputs.map((input) => input.id));
  try {
    const read: unknown = JSON.parse(localStorage.getItem(keyOf(namespace, id)) ?? '{}');
    const entries = Object.entries(read ?? {}).filter((pair): pair is [string, string] => known.has(pair[0]) && typeof pair[1] === 'string');
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}
