/** What a flow is made of, as boxes in boxes: read from its document, stored or parsed from unsaved text. */
import type { Json, JsonMap } from '@/api/types';

export type Arrangement = 'sequence' | 'parallel' | 'dag';

export interface Branch {
  /** Said above the branch: `then`, a case, `errors`; empty for the plain list of a group. */
  name: string;
  items: Item[];
}
export interface Item {
  /** Where it is: ids from the outside in, unique in the whole drawing. */
  path: string;
  /** Where it stands in the document of its flow: `tasks[0].then[1]`. */
  at: string;
  id: string;
  type: string;
  description?: string;
  arrangement: Arrangement;
  branches: Branch[];
  isLoop: boolean;
  /** Ids of the same list it waits for; only in a dag. */
  dependsOn: string[];
  subflow?: { namespace: string; flowId: string };
  isTrigger?: boolean;
  disabled?: boolean;
}
export interface Structure {
  triggers: Item[];
  tasks: Item[];
  /** `errors`, `finally`, `afterExecution`: what runs beside the tasks. */
  aside: Branch[];
}

const LOOP = /\.(ForEach|EachSequential|EachParallel|LoopUntil|WaitFor|ForEachItem|Loop)$/;
const PARALLEL = /\.(Parallel|EachParallel|If|Switch)$/;
const SUBFLOW = /\.(Subflow|ForEachItem|Flow)$/;
const ASIDE = ['errors', 'finally', 'afterExecution'] as const;
const LISTS = ['tasks', 'then', 'else', 'defaults', 'errors', 'finally'] as const;

interface Placed {
  task: JsonMap;
  at: string;
}

const isMap = (value: Json | undefined): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);
/** The tasks of a list with their places; a line that is only begun is none yet. */
const tasksIn = (value: Json | undefined, at: string): Placed[] =>
  (Array.isArray(value) ? value : []).flatMap((task, index) => (isMap(task) && (task.id || task.type || isMap(task.task)) ? [{ task, at: `${at}[${index}]` }] : []));
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** Half-written text has tasks without an id or a type, and ids twice; each still gets a box of its own. */
function pathOf(parent: string, id: string, taken: Set<string>): string {
  const wanted = parent ? `${parent}/${id}` : id;
  let path = wanted;
  for (let count = 2; taken.has(path); count += 1) path = `${wanted}#${count}`;
  taken.add(path);
  return path;
}

function itemOf({ task, at: place }: Placed, parent: string, taken: Set<string>): Item {
  // A task of a Dag stands in `task` beside its `dependsOn`.
  const own = isMap(task.task) ? task.task : task;
  const at = task === own ? place : `${place}.task`;
  const id = textOf(own.id) || '(no id)';
  const type = textOf(own.type);
  const path = pathOf(parent, id, taken);
  const waits = Array.isArray(task.dependsOn) ? task.dependsOn.filter((one) => typeof one === 'string') : [];
  const branches = branchesOf(own, type, path, at, taken);
  const isDag = type.endsWith('.Dag');
  const item: Item = {
    path, at, id, type, branches,
    arrangement: isDag ? 'dag' : PARALLEL.test(type) ? 'parallel' : 'sequence',
    isLoop: LOOP.test(type),
    dependsOn: task === own ? [] : waits,
  };
  if (textOf(own.description)) item.description = textOf(own.description);
  if (own.disabled === true) item.disabled = true;
  if (SUBFLOW.test(type) && textOf(own.flowId)) item.subflow = { namespace: textOf(own.namespace), flowId: textOf(own.flowId) };
  return item;
}

function branchesOf(task: JsonMap, type: string, path: string, at: string, taken: Set<string>): Branch[] {
  const found: Branch[] = [];
  const add = (name: string, tasks: Placed[]) => {
    if (tasks.length) found.push({ name, items: tasks.map((one) => itemOf(one, path, taken)) });
  };
  for (const name of LISTS) {
    const tasks = tasksIn(task[name], `${at}.${name}`);
    // Each task of a Parallel is a branch of its own.
    if (name === 'tasks' && PARALLEL.test(type) && !/\.EachParallel$/.test(type)) tasks.forEach((one) => add('', [one]));
    else add(name === 'tasks' ? '' : name, tasks);
  }
  if (isMap(task.cases)) Object.entries(task.cases).forEach(([name, tasks]) => add(name, tasksIn(tasks, `${at}.cases.${name}`)));
  return found;
}

/** `inside` is the path of the task that starts the flow, when it is drawn within another. */
export function structureOf(flow: JsonMap, inside = ''): Structure {
  const taken = new Set<string>();
  const items = (name: string) => tasksIn(flow[name], name).map((task) => itemOf(task, inside, taken));
  const triggers = tasksIn(flow.triggers, 'triggers').map((trigger) => ({ ...itemOf(trigger, 'trigger:', taken), isTrigger: true, branches: [] }));
  return {
    triggers,
    tasks: items('tasks'),
    aside: ASIDE.map((name) => ({ name, items: items(name) })).filter((one) => one.items.length > 0),
  };
}

export function* every(items: readonly Item[]): Generator<Item> {
  for (const item of items) {
    yield item;
    for (const branch of item.branches) yield* every(branch.items);
  }
}

export const allItems = (structure: Structure): Item[] => [
  ...structure.triggers, ...every(structure.tasks), ...structure.aside.flatMap((branch) => [...every(branch.items)]),
];

/** The last part of a type: what people call the task. */
export const shortType = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

/** Puts what subflows are made of into the boxes of the tasks that start them; `flows` are those that were loaded, by path. */
export function withSubflows(structure: Structure, flows: ReadonlyMap<string, JsonMap>): Structure {
  if (flows.size === 0) return structure;
  const grown = (item: Item): Item => {
    const flow = flows.get(item.path);
    const inner = flow ? structureOf(flow, item.path) : undefined;
    const branches = inner ? [{ name: '', items: inner.tasks }, ...inner.aside] : item.branches;
    return { ...item, branches: branches.map((branch) => ({ ...branch, items: branch.items.map(grown) })) };
  };
  return {
    triggers: structure.triggers,
    tasks: structure.tasks.map(grown),
    aside: structure.aside.map((branch) => ({ ...branch, items: branch.items.map(grown) })),
  };
}
