/** Where the cursor stands in YAML that may be unfinished: told from the indentation alone, upwards from its line. */

/** A mapping on the way from the root to the cursor. */
export interface Level {
  /** From the mapping before: names, and numbers for places in lists. */
  steps: (string | number)[];
  /** The properties that are written here, with their plain values. */
  entries: ReadonlyMap<string, string>;
}
export interface Place {
  levels: Level[];
  kind: 'key' | 'value' | 'text';
  /** The property whose value is written, for `value` and `text`. */
  key: string;
  /** What of the word stands before the cursor, and where it begins in the line. */
  word: string;
  from: number;
  /** The value is an item of a list: `- abc`. */
  isItem: boolean;
}
interface Line {
  /** Column of the first dash, -1 without one. */
  dash: number;
  column: number;
  key: string;
  value: string;
}

const LINE = /^(\s*)((?:-\s+|-$)*)(?:(["']?)([\w.$/ -]*?)\3\s*:(?=\s|$)\s*)?(.*)$/;
const BLOCK = /^[|>][-+\d]*\s*(#.*)?$/;

export function readLine(text: string): Line | undefined {
  const match = LINE.exec(text);
  if (!match || !text.trim() || text.trim().startsWith('#')) return undefined;
  const [, space = '', dashes = '', , key = '', value = ''] = match;
  return { dash: dashes ? space.length : -1, column: space.length + dashes.length, key, value };
}

type Lines = (line: number) => string;

/** The line whose block text (`|`, `>`) holds this one; lines count from 0. */
function blockAbove(lines: Lines, at: number): { line: number; key: string } | undefined {
  const own = /^\s*/.exec(lines(at))?.[0].length ?? 0;
  let indent = lines(at).trim() ? own : Infinity;
  for (let line = at - 1; line >= 0; line -= 1) {
    const text = lines(line);
    if (!text.trim()) continue;
    const space = /^\s*/.exec(text)?.[0].length ?? 0;
    if (space >= indent) continue;
    const read = readLine(text);
    if (read && BLOCK.test(read.value) && (own > space || !lines(at).trim())) return { line, key: read.key };
    if (indent === Infinity) return undefined;
    indent = space;
    if (space === 0) return undefined;
  }
  return undefined;
}

/** The properties of the mapping whose keys stand at `column` around `at`. */
function entriesAt(lines: Lines, count: number, at: number, column: number): Map<string, string> {
  const found = new Map<string, string>();
  const note = (line: Line) => {
    if (line.key) found.set(line.key, line.value.replace(/\s+#.*$/, '').replace(/^(["'])(.*)\1$/, '$2').trim());
  };
  const own = readLine(lines(at));
  if (own?.column === column) note(own);
  if (!own || own.dash < 0 || own.column !== column) {
    for (let line = at - 1; line >= 0; line -= 1) {
      const read = readLine(lines(line));
      if (!read || read.column > column) continue;
      if (read.column < column) break;
      note(read);
      if (read.dash >= 0) break;
    }
  }
  for (let line = at + 1; line < count; line += 1) {
    const read = readLine(lines(line));
    if (!read || (read.column > column && (read.dash < 0 || read.dash > column))) continue;
    if (read.column < column || read.dash >= 0) break;
    note(read);
  }
  return found;
}

/** The mappings from the root to the one whose keys stand at `column` of line `at`. */
function levelsTo(lines: Lines, count: number, at: number, column: number, dash: number): Level[] {
  const levels: Level[] = [];
  let steps: (string | number)[] = [];
  let entries = entriesAt(lines, count, at, column);
  let index = 0;
  // Above the present mapping either its list's dash or its parent's key is looked for.
  for (let line = at - 1; line >= -1; line -= 1) {
    const read = line < 0 ? undefined : readLine(lines(line));
    if (line >= 0 && !read) continue;
    if (dash < 0 && read && read.dash >= 0 && read.column === column) {
      dash = read.dash;
      continue;
    }
    if (!read) break;
    if (dash >= 0 && read.dash === dash) {
      index += 1;
      continue;
    }
    const isParent = read.key !== '' && (dash >= 0 ? read.column <= dash : read.column < column);
    if (!isParent) continue;
    steps = dash >= 0 ? [read.key, index] : [read.key];
    index = 0;
    levels.unshift({ steps, entries });
    column = read.column;
    dash = read.dash;
    entries = entriesAt(lines, count, line, column);
  }
  levels.unshift({ steps: [], entries });
  return levels;
}

/** Tells what is being typed at `column` of line `at` (both from 0). */
export function placeAt(lines: Lines, count: number, at: number, column: number): Place {
  const text = lines(at);
  const before = text.slice(0, column);
  const block = blockAbove(lines, at);
  const word = /[^\s"'{}|,[\]]*$/.exec(before)?.[0] ?? '';
  const from = column - word.length;
  if (block) {
    const read = readLine(lines(block.line));
    const levels = read ? levelsTo(lines, count, block.line, read.column, read.dash) : [];
    return { levels, kind: 'text', key: block.key, word, from, isItem: false };
  }
  const read = readLine(before);
  if (!read) {
    return { levels: levelsTo(lines, count, at, column, -1), kind: 'key', key: '', word, from, isItem: false };
  }
  const levels = levelsTo(lines, count, at, read.column, read.dash);
  if (read.key) {
    return { levels, kind: 'value', key: read.key, word: read.value.trimStart(), from: column - read.value.trimStart().length, isItem: false };
  }
  return { levels, kind: 'key', key: '', word: read.value, from: column - read.value.length, isItem: read.dash >= 0 };
}

/** The innermost task around the cursor: its type and its path. */
export function taskAt(levels: Level[]): { type: string; path: string } | undefined {
  let path = '';
  let found: { type: string; path: string } | undefined;
  for (const level of levels) {
    for (const step of level.steps) path += typeof step === 'number' ? `[${step}]` : `${path && '.'}${step}`;
    const type = level.entries.get('type');
    if (type?.includes('.')) found = { type, path };
  }
  return found;
}
