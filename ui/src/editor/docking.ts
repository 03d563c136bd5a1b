/** Which panel stands where: columns side by side, panels below each other in a column. Shares add up as they like. */
export interface Placed {
  id: string;
  share: number;
}
export interface Column {
  share: number;
  panels: Placed[];
}
export type Layout = Column[];
export type Side = 'left' | 'right' | 'above' | 'below';

const LEAST = 0.15;

export function closed(layout: Layout, id: string): Layout {
  return layout
    .map((column) => ({ ...column, panels: column.panels.filter((panel) => panel.id !== id) }))
    .filter((column) => column.panels.length > 0);
}

export function opened(layout: Layout, id: string): Layout {
  const last = layout.at(-1);
  if (layout.length < 2 || !last) return [...layout, { share: 0.7, panels: [{ id, share: 1 }] }];
  return [...layout.slice(0, -1), { ...last, panels: [...last.panels, { id, share: 1 }] }];
}

/** Takes a panel to a side of another one. */
export function moved(layout: Layout, id: string, target: string, side: Side): Layout {
  if (id === target || !layout.some((column) => column.panels.some((panel) => panel.id === id))) return layout;
  const rest = closed(layout, id);
  const place = rest.findIndex((column) => column.panels.some((panel) => panel.id === target));
  const column = rest[place];
  if (!column) return layout;
  if (side === 'left' || side === 'right') {
    const at = side === 'left' ? place : place + 1;
    return [...rest.slice(0, at), { share: column.share, panels: [{ id, share: 1 }] }, ...rest.slice(at)];
  }
  const row = column.panels.findIndex((panel) => panel.id === target) + (side === 'below' ? 1 : 0);
  const panels = [...column.panels.slice(0, row), { id, share: 1 }, ...column.panels.slice(row)];
  return rest.map((one, index) => (index === place ? { ...one, panels } : one));
}

function shifted<T extends { share: number }>(items: T[], at: number, share: number): T[] {
  const before = items[at - 1];
  const after = items[at];
  if (!before || !after) return items;
  const whole = items.reduce((sum, item) => sum + item.share, 0);
  const least = LEAST * whole;
  const by = Math.max(least - before.share, Math.min(after.share - least, share * whole));
  return items.map((item, index) =>
    index === at - 1 ? { ...item, share: item.share + by } : index === at ? { ...item, share: item.share - by } : item);
}

/** Moves the border before column `place`, or before its panel `row`, by a share of the whole. */
export function resized(layout: Layout, place: number, row: number | undefined, share: number): Layout {
  if (row === undefined) return shifted(layout, place, share);
  return layout.map((column, index) => (index === place ? { ...column, panels: shifted(column.panels, row, share) } : column));
}
