/** Where the boxes of a topology lie. One pass over the tasks: the time grows with their number and no faster. */
import type { Branch, Item, Structure } from './structure';

export type Direction = 'right' | 'down';
export interface Box {
  item: Item;
  x: number;
  y: number;
  width: number;
  height: number;
  /** A box around others, open; a closed group is drawn like a task. */
  isGroup: boolean;
}
export interface Edge {
  id: string;
  from: string;
  to: string;
  points: [number, number, number, number];
  isAside: boolean;
}
export interface Caption {
  text: string;
  x: number;
  y: number;
}
export interface Layout {
  boxes: Box[];
  edges: Edge[];
  captions: Caption[];
  width: number;
  height: number;
  direction: Direction;
}

export const NODE = { width: 200, height: 54 };
const GAP = { along: 48, across: 20 };
const PADDING = 16;
const HEAD = 34;
const CAPTION = 20;

interface Size {
  width: number;
  height: number;
}
interface Context {
  direction: Direction;
  isOpen: (item: Item) => boolean;
  sizes: Map<string, Size>;
  layout: Layout;
}

const isGroupOpen = (context: Context, item: Item) => item.branches.length > 0 && context.isOpen(item);

/** Sizes of parts laid in a row along the flow, or stacked across it. */
function joined(context: Context, sizes: Size[], isAlong: boolean): Size {
  const isRow = (context.direction === 'right') === isAlong;
  const gap = isAlong ? GAP.along : GAP.across;
  const sum = (pick: (size: Size) => number) => sizes.reduce((all, one) => all + pick(one), 0) + gap * Math.max(0, sizes.length - 1);
  const most = (pick: (size: Size) => number) => Math.max(0, ...sizes.map(pick));
  return isRow
    ? { width: sum((one) => one.width), height: most((one) => one.height) }
    : { width: most((one) => one.width), height: sum((one) => one.height) };
}

/** The ranks of a dag: an item stands behind everything it waits for. */
export function ranksOf(items: readonly Item[]): Item[][] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const ranks = new Map<string, number>();
  const rankOf = (item: Item, trail: Set<string>): number => {
    const known = ranks.get(item.path);
    if (known !== undefined) return known;
    if (trail.has(item.path)) return 0; // a circle: the server refuses it, the drawing only has to end
    trail.add(item.path);
    const before = item.dependsOn.map((id) => byId.get(id)).filter((one) => one !== undefined);
    const rank = Math.max(-1, ...before.map((one) => rankOf(one, trail))) + 1;
    ranks.set(item.path, rank);
    return rank;
  };
  const found: Item[][] = [];
  items.forEach((item) => (found[rankOf(item, new Set())] ??= []).push(item));
  return found.filter((rank) => rank !== undefined);
}

function branchSize(context: Context, branch: Branch, isDag: boolean): Size {
  const size = isDag
    ? joined(context, ranksOf(branch.items).map((rank) => joined(context, rank.map((item) => sizeOf(context, item)), false)), true)
    : joined(context, branch.items.map((item) => sizeOf(context, item)), true);
  return branch.name ? { width: size.width, height: size.height + CAPTION } : size;
}

function sizeOf(context: Context, item: Item): Size {
  const known = context.sizes.get(item.path);
  if (known) return known;
  let size: Size = NODE;
  if (isGroupOpen(context, item)) {
    const inner = joined(context, item.branches.map((branch) => branchSize(context, branch, item.arrangement === 'dag')), false);
    size = { width: Math.max(NODE.width, inner.width) + 2 * PADDING, height: inner.height + HEAD + PADDING };
  }
  context.sizes.set(item.path, size);
  return size;
}

function put(context: Context, item: Item, x: number, y: number): Box {
  const size = sizeOf(context, item);
  const isGroup = isGroupOpen(context, item);
  const box = { item, x, y, ...size, isGroup };
  context.layout.boxes.push(box);
  if (isGroup) {
    const isRight = context.direction === 'right';
    let [atX, atY] = [x + PADDING, y + HEAD];
    for (const branch of item.branches) {
      const branched = putBranch(context, branch, atX, atY, item.arrangement === 'dag');
      if (isRight) atY += branched.height + GAP.across;
      else atX += branched.width + GAP.across;
    }
  }
  return box;
}

function connect(context: Context, from: Box, to: Box, isAside = false): void {
  const points: Edge['points'] = context.direction === 'right'
    ? [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2]
    : [from.x + from.width / 2, from.y + from.height, to.x + to.width / 2, to.y];
  context.layout.edges.push({ id: `${from.item.path}→${to.item.path}`, from: from.item.path, to: to.item.path, points, isAside });
}

/** Puts items one after the other, or ranks of a dag; each centred across the flow. */
function putBranch(context: Context, branch: Branch, x: number, y: number, isDag: boolean): Size & { boxes: Box[] } {
  const size = branchSize(context, branch, isDag);
  if (branch.name) context.layout.captions.push({ text: branch.name, x, y: y + 12 });
  const top = branch.name ? y + CAPTION : y;
  const height = size.height - (top - y);
  const isRight = context.direction === 'right';
  const boxes: Box[] = [];
  const byId = new Map<string, Box>();
  let along = isRight ? x : top;
  for (const rank of isDag ? ranksOf(branch.items) : branch.items.map((item) => [item])) {
    const rankSize = joined(context, rank.map((item) => sizeOf(context, item)), false);
    let across = isRight ? top + (height - rankSize.height) / 2 : x + (size.width - rankSize.width) / 2;
    for (const item of rank) {
      const own = sizeOf(context, item);
      const box = isRight
        ? put(context, item, along + (rankSize.width - own.width) / 2, across)
        : put(context, item, across, along + (rankSize.height - own.height) / 2);
      across += (isRight ? own.height : own.width) + GAP.across;
      const before = boxes.at(-1);
      if (!isDag && before) connect(context, before, box);
      item.dependsOn.forEach((id) => {
        const needed = byId.get(id);
        if (needed) connect(context, needed, box);
      });
      byId.set(item.id, box);
      boxes.push(box);
    }
    along += (isRight ? rankSize.width : rankSize.height) + GAP.along;
  }
  return { ...size, boxes };
}

export function layoutOf(structure: Structure, direction: Direction, isOpen: (item: Item) => boolean): Layout {
  const layout: Layout = { boxes: [], edges: [], captions: [], width: 0, height: 0, direction };
  const context: Context = { direction, isOpen, sizes: new Map(), layout };
  const isRight = direction === 'right';
  const tasks: Branch = { name: '', items: structure.tasks };
  const taskSize = branchSize(context, tasks, false);
  const triggers = structure.triggers.map((item) => sizeOf(context, item));
  const triggerSize = joined(context, triggers, false);
  const lead = structure.triggers.length ? (isRight ? triggerSize.width : triggerSize.height) + GAP.along : 0;
  const widest = isRight ? Math.max(taskSize.height, triggerSize.height) : Math.max(taskSize.width, triggerSize.width);
  const main = isRight
    ? putBranch(context, tasks, lead, (widest - taskSize.height) / 2, false)
    : putBranch(context, tasks, (widest - taskSize.width) / 2, lead, false);
  let across = (widest - (isRight ? triggerSize.height : triggerSize.width)) / 2;
  structure.triggers.forEach((item) => {
    const box = isRight ? put(context, item, 0, across) : put(context, item, across, 0);
    across += (isRight ? box.height : box.width) + GAP.across;
    if (main.boxes[0]) connect(context, box, main.boxes[0]);
  });
  let [x, y] = isRight ? [lead, widest + 2 * GAP.across] : [widest + 2 * GAP.across, lead];
  for (const branch of structure.aside) {
    const size = putBranch(context, branch, x, y, false);
    if (isRight) y += size.height + GAP.across;
    else x += size.width + GAP.across;
  }
  layout.width = Math.max(0, ...layout.boxes.map((box) => box.x + box.width));
  layout.height = Math.max(0, ...layout.boxes.map((box) => box.y + box.height));
  return layout;
}
