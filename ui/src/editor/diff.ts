/** The lines in which two texts differ. */
export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
  /** Line numbers in the two texts, from 1. */
  before?: number;
  after?: number;
}

/** Above this many pairs of lines the middle is shown as replaced altogether. */
const PATIENCE = 4_000_000;

function common(before: string[], after: string[]): boolean[][] | undefined {
  if (before.length * after.length > PATIENCE) return undefined;
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    const line = lengths[row];
    if (!line) continue;
    for (let column = after.length - 1; column >= 0; column -= 1) {
      line[column] = before[row] === after[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  return before.map((text, row) => after.map((other, column) => text !== other && at(row + 1, column) >= at(row, column + 1)));
}

export function diff(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const same = (row: number, column: number): DiffLine => ({ kind: 'same', text: a[row] ?? '', before: row + 1, after: column + 1 });
  const found = Array.from({ length: head }, (_, row) => same(row, row));
  const [left, right] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const isRemoved = common(left, right);
  let [row, column] = [0, 0];
  while (row < left.length || column < right.length) {
    const [old, fresh] = [left[row], right[column]];
    if (isRemoved && old !== undefined && old === fresh) {
      found.push(same(head + row, head + column));
      row += 1;
      column += 1;
    } else if (old !== undefined && (fresh === undefined || !isRemoved || isRemoved[row]?.[column])) {
      found.push({ kind: 'removed', text: old, before: head + row + 1 });
      row += 1;
    } else {
      found.push({ kind: 'added', text: fresh ?? '', after: head + column + 1 });
      column += 1;
    }
  }
  for (let index = tail; index > 0; index -= 1) found.push(same(a.length - index, b.length - index));
  return found;
}
