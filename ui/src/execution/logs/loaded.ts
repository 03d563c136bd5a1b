/** Lines that are all here, as a list that grows at its end. */
import type { LogLine } from '@/api/types';
import { Heights, rowsOf } from './heights';

export class Loaded {
  readonly heights = new Heights();
  private lines: readonly LogLine[] = [];
  private columns = 100;
  private changed: () => void = () => undefined;

  get count(): number {
    return this.lines.length;
  }

  at(index: number): LogLine | undefined {
    return this.lines[index];
  }

  /** These are the lines now; `changed` is called at once, and when their heights turn out to be others. */
  take(lines: readonly LogLine[], changed: () => void): void {
    this.changed = changed;
    this.lines = lines;
    this.heights.resize(lines.length);
    this.measure();
  }

  setColumns(columns: number): void {
    if (columns === this.columns) return;
    this.columns = columns;
    this.measure();
  }

  private measure(): void {
    this.lines.forEach((line, index) => this.heights.set(index, rowsOf(line.message, this.columns)));
    this.changed();
  }
}
