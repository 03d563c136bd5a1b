import { useMemo } from 'react';
import { diff, type DiffLine } from './diff';

const SIGNS = { same: ' ', removed: '−', added: '+' } as const;
const AROUND = 3;

/** Lines near a change; the rest is folded into one. */
function nearby(lines: DiffLine[]): (DiffLine | number)[] {
  const isNear = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, index) => {
    if (line.kind !== 'same') isNear.fill(true, Math.max(0, index - AROUND), index + AROUND + 1);
  });
  const found: (DiffLine | number)[] = [];
  lines.forEach((line, index) => {
    const last = found.at(-1);
    if (isNear[index]) found.push(line);
    else if (typeof last === 'number') found[found.length - 1] = last + 1;
    else found.push(1);
  });
  return found;
}

export function DiffView({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = useMemo(() => nearby(diff(before, after)), [before, after]);
  if (!lines.some((line) => typeof line !== 'number')) return <p className="quiet">The two are the same.</p>;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reachable by keyboard
    <div className="diff" role="region" aria-label={label} tabIndex={0}>
      {lines.map((line, index) => typeof line === 'number' ? (
        <div key={index} className="diff-fold">{line} equal {line === 1 ? 'line' : 'lines'}</div>
      ) : (
        <div key={index} className="diff-line" data-kind={line.kind}>
          <span className="diff-number">{line.before ?? ''}</span>
          <span className="diff-number">{line.after ?? ''}</span>
          <span>{SIGNS[line.kind]}</span>
          <span>{line.text}</span>
        </div>
      ))}
    </div>
  );
}
