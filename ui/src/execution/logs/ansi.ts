/** Colours that programs put into their lines, as parts with a class; other control sequences are left out. */
export interface Part {
  text: string;
  className: string;
}

const CODES: Record<number, string> = {
  1: 'bold', 2: 'dim', 3: 'italic', 4: 'under', 30: 'c0', 31: 'c1', 32: 'c2', 33: 'c3', 34: 'c4', 35: 'c5', 36: 'c6', 37: 'c7',
  90: 'c0', 91: 'c1', 92: 'c2', 93: 'c3', 94: 'c4', 95: 'c5', 96: 'c6', 97: 'c7',
};
// The escape character is what this looks for.
// eslint-disable-next-line no-control-regex
const SEQUENCE = /\u001b\[([0-9;]*)([A-Za-z])/g;

export function partsOf(text: string): Part[] {
  if (!text.includes('\u001b')) return [{ text, className: '' }];
  const parts: Part[] = [];
  let [at, classes] = [0, new Set<string>()];
  const push = (end: number) => {
    if (end > at) parts.push({ text: text.slice(at, end), className: [...classes].map((one) => `ansi-${one}`).join(' ') });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(match.index);
    at = match.index + match[0].length;
    if (match[2] !== 'm') continue;
    for (const code of (match[1] || '0').split(';').map(Number)) {
      const name = CODES[code];
      if (code === 0) classes = new Set();
      else if (code === 39) classes = new Set([...classes].filter((one) => !/^c\d$/.test(one)));
      else if (name) classes = new Set([...[...classes].filter((one) => !/^c\d$/.test(name) || !/^c\d$/.test(one)), name]);
    }
  }
  push(text.length);
  return parts;
}
