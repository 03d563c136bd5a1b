/** What a flow consists of while it is typed: for the graph, for completion and to jump to a task's line. */
import { parseDocument, isMap, isNode, isSeq, type Document } from 'yaml';
import type { JsonMap } from '@/api/types';
import { allItems, structureOf, type Structure } from '@/topology/structure';

export interface Outline {
  id: string;
  namespace: string;
  structure: Structure;
  tasks: { id: string; type: string }[];
  inputs: string[];
  variables: string[];
  labels: string[];
  triggers: { id: string; type: string }[];
}

const namesOf = (value: unknown): string[] => {
  if (Array.isArray(value)) {
    return value.flatMap((one: unknown) => {
      const { id, key } = (one ?? {}) as { id?: unknown; key?: unknown };
      return typeof id === 'string' ? [id] : typeof key === 'string' ? [key] : [];
    });
  }
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
};

function parsed(text: string): Document {
  return parseDocument(text, { strict: false, uniqueKeys: false, logLevel: 'silent' });
}

/** Reads as much as there is; `undefined` when the text is no mapping at all. */
export function outlineOf(text: string): Outline | undefined {
  let flow: JsonMap;
  try {
    const read: unknown = parsed(text).toJS({ maxAliasCount: 100 });
    if (typeof read !== 'object' || read === null || Array.isArray(read)) return undefined;
    flow = read as JsonMap;
  } catch {
    return undefined;
  }
  const structure = structureOf(flow);
  return {
    id: typeof flow['id'] === 'string' ? flow['id'] : '',
    namespace: typeof flow['namespace'] === 'string' ? flow['namespace'] : '',
    structure,
    tasks: allItems(structure).filter((item) => !item.isTrigger).map(({ id, type }) => ({ id, type })),
    inputs: namesOf(flow['inputs']),
    variables: namesOf(flow['variables']),
    labels: namesOf(flow['labels']),
    triggers: structure.triggers.map(({ id, type }) => ({ id, type })),
  };
}

/** Where in the text a path like `tasks[0].then[1]` begins. */
export function offsetOf(text: string, path: string): number | undefined {
  const steps = path.split(/[.[\]]+/).filter(Boolean).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  let node: unknown = parsed(text).contents;
  for (const step of steps) {
    if (isSeq(node)) node = node.get(Number(step), true);
    else if (isMap(node)) node = node.get(step, true) ?? node.get(String(step), true);
    else return undefined;
  }
  return isNode(node) ? node.range?.[0] : undefined;
}
