import type { Label } from '@/api/types';

/** `most` shows only so many; the others are named where one points at their number. */
export function Labels({ labels, onPick, most = labels.length }: { labels: Label[]; onPick?: (label: string) => void; most?: number }) {
  const rest = labels.slice(most).map((label) => `${label.key}:${label.value}`);
  const shown = labels.slice(0, most).map((label) => {
    const text = `${label.key}:${label.value}`;
    return onPick ? (
      <button key={text} type="button" className="label" title={`Show only ${text}`} onClick={() => onPick(text)}>{text}</button>
    ) : (
      <span key={text} className="label" style={{ cursor: 'default' }}>{text}</span>
    );
  });
  return <>{shown}{rest.length > 0 && <span className="quiet" title={rest.join(', ')}>+{rest.length}</span>}</>;
}
