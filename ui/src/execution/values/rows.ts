/** Rows of a text file, by its extension: CSV with its names in the first line, or a JSON value on each line. */
import type { Json } from '@/api/types';

const SEPARATORS: Record<string, string | undefined> = { csv: ',', tsv: '\t' };

/** The rows, or nothing when the text is no such file. A last line that the preview cut off is left out. */
export function rowsOf(extension: string, text: string, isCut = false): Json[] | undefined {
  const kind = extension.toLowerCase();
  if (kind === 'jsonl' || kind === 'ndjson') return jsonLines(text, isCut);
  const separator = SEPARATORS[kind];
  if (separator === undefined) return undefined;
  const [names, ...rows] = cells(text.replace(/^\uFEFF/, ''), separator);
  if (names === undefined || names.length < 2) return undefined;
  const columns = names.map((name, place) => (name === '' || names.indexOf(name) < place ? `${name || 'column'} ${place + 1}` : name));
  return rows.map((row) => Object.fromEntries(row.map((cell, place) => [columns[place] ?? `column ${place + 1}`, cell])));
}

function jsonLines(text: string, isCut: boolean): Json[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const rows: Json[] = [];
  for (const [place, line] of lines.entries()) {
    try {
      rows.push(JSON.parse(line) as Json);
    } catch {
      if (isCut && place === lines.length - 1) break;
      return undefined;
    }
  }
  return rows.length > 0 ? rows : undefined;
}

/** Lines of cells; a quoted cell may hold separators, line ends and doubled quotes. */
function cells(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endCell = () => {
    row.push(cell);
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (letter === '"' && cell === '') isQuoted = true;
    else if (letter === separator) endCell();
    else if (letter === '\n') endRow();
    else if (letter !== '\r') cell += letter;
  }
  if (cell !== '' || row.length > 0) endRow();
  return rows;
}
