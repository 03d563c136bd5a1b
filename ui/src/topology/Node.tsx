import { VisuallyHidden } from '@mantine/core';
import { memo } from 'react';
import { groupOf, isEnded } from '@/format/state';
import { Icon } from '@/ui/Icon';
import type { Box } from './layout';
import type { Look } from './look';
import { shortType } from './structure';

interface Props {
  box: Box;
  look: Look;
  isPicked: boolean;
  isFoldable: boolean;
  onPick: (path: string) => void;
  onToggle: (path: string) => void;
}

function Counts({ counts }: { counts: NonNullable<Look['counts']> }) {
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <span className="topo-counts" title={counts.map(([state, count]) => `${count} ${state}`).join(', ')}>
      {counts.map(([state, count]) => <i key={state} className={`fill-${groupOf(state)}`} style={{ width: `${(count / all) * 100}%` }} />)}
    </span>
  );
}

export const Node = memo(function Node({ box, look, isPicked, isFoldable, onPick, onToggle }: Props) {
  const { item } = box;
  const shown = `${shortType(item.type)}${look.note ? ` · ${look.note}` : ''}`;
  return (
    <div className="topo-box" data-group={look.state && groupOf(look.state)} data-kind={box.isGroup ? 'group' : item.isTrigger ? 'trigger' : 'task'}
      data-live={look.state !== undefined && !isEnded(look.state)} data-off={item.disabled} data-picked={isPicked}
      style={{ transform: `translate(${box.x}px, ${box.y}px)`, width: box.width, height: box.height }}>
      <button type="button" className="topo-face" tabIndex={-1} onClick={() => onPick(item.path)}>
        <b>{item.id}</b>{' '}
        <small>{shown}</small>
        {look.state && <VisuallyHidden>{look.state}</VisuallyHidden>}
        {look.counts && look.counts.length > 0 && <Counts counts={look.counts} />}
      </button>
      {isFoldable && (
        <button type="button" className="topo-fold" tabIndex={-1} aria-label={`${box.isGroup ? 'Close' : 'Open'} ${item.id}`}
          onClick={() => onToggle(item.path)}>
          <Icon name={box.isGroup ? 'down' : 'right'} size={14} />
        </button>
      )}
    </div>
  );
});
