import type { Label } from '@/api/types';

export function Labels({ labels, onPick }: { labels: Label[]; onPick?: (label: string) => void }) {
  return labels.map((label) => {
    const text = `${label.key}:${label.value}`;
    return onPick ? (
      <button key={text} type="button" className="label" title={`Show only ${text}`} onClick={() => onPick(text)}>{text}</button>
    ) : (
      <span key={text} className="label" style={{ cursor: 'default' }}>{text}</span>
    );
  });
}
