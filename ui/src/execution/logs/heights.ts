/** How high lines are, in rows of text: where each begins, and which one is at a place. */
const BLOCK = 512;

/** How many rows a text takes that breaks after so many columns. */
export function rowsOf(text: string, columns: number): number {
  if (text.length <= columns && !text.includes('\n')) return 1;
  let rows = 0;
  for (let at = 0; at <= text.length;) {
    const end = text.indexOf('\n', at);
    const length = (end < 0 ? text.length : end) - at;
    rows += Math.max(1, Math.ceil(length / columns));
    if (end < 0) break;
    at = end + 1;
  }
  return rows;
}

export class Heights {
  private rows = new Uint16Array(BLOCK);
  /** Of each block of lines, so that looking up a million lines takes two thousand steps. */
  private sums: number[] = [];
  count = 0;
  total = 0;

  /** There are so many lines now; new ones have one row until it is known. */
  resize(count: number): void {
    if (count > this.rows.length) {
      const larger = new Uint16Array(Math.max(count, this.rows.length * 2));
      larger.set(this.rows);
      this.rows = larger;
    }
    if (count > this.count) this.rows.fill(1, this.count, count);
    this.count = count;
    this.sums = [];
    this.total = 0;
    for (let from = 0; from < count; from += BLOCK) {
      let sum = 0;
      for (let index = from; index < Math.min(count, from + BLOCK); index += 1) sum += this.rows[index] ?? 0;
      this.sums.push(sum);
      this.total += sum;
    }
  }

  /** Adds lines at the end. */
  push(rows: readonly number[]): void {
    const from = this.count;
    if (from + rows.length > this.rows.length) this.resize(from + rows.length);
    else {
      this.count += rows.length;
      for (let index = from; index < this.count; index += 1) {
        const block = Math.floor(index / BLOCK);
        this.rows[index] = 1;
        this.sums[block] = (this.sums[block] ?? 0) + 1;
        this.total += 1;
      }
    }
    rows.forEach((one, at) => this.set(from + at, one));
  }

  set(index: number, rows: number): void {
    if (index >= this.count) return;
    const most = Math.min(rows, 65_535);
    const more = most - (this.rows[index] ?? 0);
    if (more === 0) return;
    this.rows[index] = most;
    const block = Math.floor(index / BLOCK);
    this.sums[block] = (this.sums[block] ?? 0) + more;
    this.total += more;
  }

  of(index: number): number {
    return this.rows[index] ?? 1;
  }

  /** How many rows are before a line. */
  before(index: number): number {
    const block = Math.floor(index / BLOCK);
    let sum = 0;
    for (let one = 0; one < block; one += 1) sum += this.sums[one] ?? 0;
    for (let one = block * BLOCK; one < index; one += 1) sum += this.rows[one] ?? 0;
    return sum;
  }

  /** The line that is at a row; the first or the last where there is none. */
  at(row: number): number {
    let [block, sum] = [0, 0];
    while (block < this.sums.length - 1 && sum + (this.sums[block] ?? 0) <= row) {
      sum += this.sums[block] ?? 0;
      block += 1;
    }
    let index = block * BLOCK;
    while (index < this.count - 1 && sum + (this.rows[index] ?? 0) <= row) {
      sum += this.rows[index] ?? 0;
      index += 1;
    }
    return index;
  }
}
