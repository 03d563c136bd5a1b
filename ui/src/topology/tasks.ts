/** The tasks of a flow as a tree, read from its document or from YAML that is being typed. */
import type { Json, JsonMap } from '@/api/types';

export interface Branch {
  /** The property that holds the tasks: `tasks`, `then`, `errors`, or the value of a case. */
  name: string;
  tasks: Task[];
  /** Parallel branches have no order; `dag` ones have only that of `dependsOn`. */
  order: 'sequence' | 'parallel' | 'dag';
}
export interface Task {
  id: string;
  type: string;
  /** Where it stands in the flow: `tasks[0].then[1]`. */
  path: string;
  branches: Branch[];
  dependsOn: string[];
  isDisabled: boolean;
}
export interface FlowTree {
  triggers: Task[];
  branches: Branch[];
}

const PARALLEL = /(\.|^)(Parallel|EachParallel)$/;
const LISTS = ['tasks', 'then', 'else', 'defaults', 'errors', 'finally'] as const;

const isMap = (value: unknown): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: Json | undefined): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** `io.kestra.plugin.core.log.Log` is `Log` to a reader. */
export const shortType = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

function readTask(raw: Json, path: string): Task | undefined {
  // A step of a Dag is a map of its task and of what it waits for.
  if (isMap(raw) && isMap(raw['task'])) {
    const inner = readTask(raw['task'], `${path}.task`);
    const waits = Array.isArray(raw['dependsOn']) ? raw['dependsOn'].map(textOf) : [];
    return inner && { ...inner, dependsOn: waits };
  }
  if (!isMap(raw)) return undefined;
  const id = textOf(raw['id']);
  const type = textOf(raw['type']);
  if (!id && !type) return undefined;
  return { id: id || '(no id)', type, path, branches: branchesOf(raw, type, path), dependsOn: [], isDisabled: raw['disabled'] === true };
}

function readTasks(raw: Json | undefined, path: string): Task[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((one, index) => readTask(one, `${path}[${index}]`)).filter((one): one is Task => one !== undefined);
}

function branchesOf(raw: JsonMap, type: string, path: string): Branch[] {
  const order = (name: string) => {
    if (name !== 'tasks') return 'sequence' as const;
    if (PARALLEL.test(type)) return 'parallel' as const;
    return type.endsWith('.Dag') ? 'dag' as const : 'sequence' as const;
  };
  const found = LISTS.map((name) => ({ name: name as string, tasks: readTasks(raw[name], `${path}.${name}`), order: order(name) }));
  if (isMap(raw['cases'])) {
    for (const [name, tasks] of Object.entries(raw['cases'])) {
      found.push({ name, tasks: readTasks(tasks, `${path}.cases.${name}`), order: 'sequence' });
    }
  }
  return found.filter((branch) => branch.tasks.length > 0);
}

/** Reads what is there, however incomplete. */
export function treeOf(flow: JsonMap): FlowTree {
  const branch = (name: string): Branch => ({ name, tasks: readTasks(flow[name], name), order: 'sequence' });
  const branches = ['tasks', 'errors', 'finally', 'afterExecution'].map(branch).filter((one) => one.tasks.length > 0);
  return { triggers: readTasks(flow['triggers'], 'triggers'), branches };
}

export function* everyTask(branches: Branch[]): Generator<Task> {
  for (const { tasks } of branches) {
    for (const task of tasks) {
      yield task;
      yield* everyTask(task.branches);
    }
  }
}
