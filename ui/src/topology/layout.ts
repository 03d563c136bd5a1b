/** Boxes and arrows for a tree of tasks. Every position is relative to the box around it; one pass, no search. */
import type { Branch, FlowTree, Task } from './tasks';

export interface Box {
  /** Unique in the graph. */
  key: string;
  kind: 'task' | 'trigger' | 'group' | 'branch';
  label: string;
  task?: Task;
  /** The box around it. */
  around?: string;
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Arrow {
  from: string;
  to: string;
}
export interface Graph {
  boxes: Box[];
  arrows: Arrow[];
  width: number;
  height: number;
}
interface Size {
  width: number;
  height: number;
}

export const WIDTH = 208;
export const HEIGHT = 46;
const GAP = 30;
const BETWEEN = 18;
const PAD = 14;
const HEAD = 34;

class Drawing {
  readonly boxes: Box[] = [];
  readonly arrows: Arrow[] = [];

  constructor(readonly isFolded: (path: string) => boolean) {}

  task(task: Task, x: number, y: number, around?: string): Size & { key: string } {
    const key = task.path;
    const place = this.boxes.length;
    const isGroup = task.branches.length > 0;
    const box: Box = { key, kind: isGroup ? 'group' : 'task', label: task.id, task, around, x, y, width: WIDTH, height: HEIGHT };
    this.boxes.push(box);
    if (isGroup && !this.isFolded(task.path)) {
      const inside = this.branches(task.branches, PAD, HEAD, key, task.branches.length > 1);
      box.width = Math.max(WIDTH, inside.width + 2 * PAD);
      box.height = HEAD + inside.height + PAD;
      this.boxes[place] = box;
    }
    return { key, width: box.width, height: box.height };
  }

  branches(branches: Branch[], x: number, y: number, around: string, isNamed: boolean): Size {
    let [width, height] = [0, 0];
    for (const branch of branches) {
      const left = x + width + (width ? BETWEEN : 0);
      const size = isNamed ? this.named(branch, left, y, around) : this.inner(branch, left, y, around);
      width = left - x + size.width;
      height = Math.max(height, size.height);
    }
    return { width, height };
  }

  named(branch: Branch, x: number, y: number, around?: string): Size {
    const key = `${around ?? ''}/${branch.name}`;
    const box: Box = { key, kind: 'branch', label: branch.name, around, x, y, width: 0, height: 0 };
    this.boxes.push(box);
    const inside = this.inner(branch, PAD, HEAD - 6, key);
    box.width = inside.width + 2 * PAD;
    box.height = inside.height + HEAD - 6 + PAD;
    return box;
  }

  inner(branch: Branch, x: number, y: number, around: string): Size {
    if (branch.order === 'parallel') return this.row(branch.tasks, x, y, around);
    if (branch.order === 'dag') return this.dag(branch.tasks, x, y, around);
    return this.column(branch.tasks, x, y, around);
  }

  column(tasks: Task[], x: number, y: number, around?: string): Size {
    let [width, bottom] = [0, y - GAP];
    let before: string | undefined;
    const made: Box[] = [];
    for (const task of tasks) {
      const place = this.boxes.length;
      const size = this.task(task, x, bottom + GAP, around);
      const box = this.boxes[place];
      if (box) made.push(box);
      if (before) this.arrows.push({ from: before, to: size.key });
      before = size.key;
      bottom += GAP + size.height;
      width = Math.max(width, size.width);
    }
    for (const box of made) box.x = x + (width - box.width) / 2;
    return { width, height: Math.max(0, bottom - y) };
  }

  row(tasks: Task[], x: number, y: number, around?: string): Size {
    let [right, height] = [x - BETWEEN, 0];
    for (const task of tasks) {
      const size = this.task(task, right + BETWEEN, y, around);
      right += BETWEEN + size.width;
      height = Math.max(height, size.height);
    }
    return { width: Math.max(0, right - x), height };
  }

  dag(tasks: Task[], x: number, y: number, around: string): Size {
    const depths = depthsOf(tasks);
    let [width, bottom] = [0, y];
    for (let depth = 0; depth <= Math.max(0, ...depths.values()); depth += 1) {
      const level = tasks.filter((task) => depths.get(task.id) === depth);
      const size = this.row(level, x, bottom, around);
      width = Math.max(width, size.width);
      bottom += size.height + GAP;
    }
    const keys = new Map(tasks.map((task) => [task.id, task.path]));
    for (const task of tasks) {
      for (const name of task.dependsOn) {
        const from = keys.get(name);
        if (from) this.arrows.push({ from, to: task.path });
      }
    }
    return { width, height: bottom - GAP - y };
  }
}

/** How many steps lie before each task; a circle ends where it began. */
function depthsOf(tasks: Task[]): Map<string, number> {
  const known = new Map(tasks.map((task) => [task.id, task]));
  const depths = new Map<string, number>();
  const depthOf = (task: Task, seen: Set<string>): number => {
    const found = depths.get(task.id);
    if (found !== undefined) return found;
    if (seen.has(task.id)) return 0;
    seen.add(task.id);
    const before = task.dependsOn.map((id) => known.get(id)).filter((one): one is Task => one !== undefined);
    const depth = before.length ? 1 + Math.max(...before.map((one) => depthOf(one, seen))) : 0;
    depths.set(task.id, depth);
    return depth;
  };
  tasks.forEach((task) => depthOf(task, new Set()));
  return depths;
}

/** Lays a flow out from top to bottom: triggers, tasks, and beside them what runs on errors and at the end. */
export function layout(tree: FlowTree, isFolded: (path: string) => boolean = () => false): Graph {
  const drawing = new Drawing(isFolded);
  const [main, ...rest] = tree.branches;
  let top = 0;
  let x = 0;
  for (const trigger of tree.triggers) {
    drawing.boxes.push({ key: trigger.path, kind: 'trigger', label: trigger.id, task: trigger, x, y: 0, width: WIDTH, height: HEIGHT });
    if (main?.tasks[0]) drawing.arrows.push({ from: trigger.path, to: main.tasks[0].path });
    x += WIDTH + BETWEEN;
    top = HEIGHT + GAP * 1.5;
  }
  const body = main ? drawing.column(main.tasks, 0, top) : { width: 0, height: 0 };
  let right = body.width;
  let bottom = top + body.height;
  for (const branch of rest) {
    const size = drawing.named(branch, right + BETWEEN * 2, top);
    right += BETWEEN * 2 + size.width;
    bottom = Math.max(bottom, top + size.height);
  }
  return { boxes: drawing.boxes, arrows: drawing.arrows, width: Math.max(right, x - BETWEEN), height: bottom };
}
