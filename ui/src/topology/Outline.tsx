/** The same tasks as a tree of words: for keyboards, screen readers and searching. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { groupOf } from '@/format/state';
import type { LookOf } from './look';
import { shortType, type Branch, type Item, type Structure } from './structure';

interface Row {
  item: Item;
  depth: number;
  branch: string;
}

function rowsOf(structure: Structure): Row[] {
  const rows: Row[] = [];
  const add = (branch: Branch, depth: number) => branch.items.forEach((item) => {
    rows.push({ item, depth, branch: branch.name });
    item.branches.forEach((inner) => add(inner, depth + 1));
  });
  add({ name: 'triggers', items: structure.triggers }, 0);
  add({ name: '', items: structure.tasks }, 0);
  structure.aside.forEach((branch) => add(branch, 0));
  return rows;
}

const HEIGHT = 28;

export function Outline({ structure, look, picked, onPick }: {
  structure: Structure; look: LookOf; picked?: string; onPick: (path: string) => void;
}) {
  const rows = useMemo(() => rowsOf(structure), [structure]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => HEIGHT, overscan: 12 });
  const [active, setActive] = useState(0);
  const found = rows.findIndex((row) => row.item.path === picked);
  useEffect(() => {
    if (found >= 0) virtual.scrollToIndex(found);
  }, [found, virtual]);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: rows.length - 1 }[event.key];
    const row = rows[active];
    if (next !== undefined) {
      event.preventDefault();
      const at = Math.max(0, Math.min(rows.length - 1, next));
      setActive(at);
      virtual.scrollToIndex(at);
    } else if ((event.key === 'Enter' || event.key === ' ') && row) {
      event.preventDefault();
      onPick(row.item.path);
    }
  };
  return (
    <div ref={scroller} className="topo-outline" role="tree" aria-label="Tasks" tabIndex={0} onKeyDown={onKeyDown}
      aria-activedescendant={rows[active] && `outline-${active}`}>
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          const { state, note } = look(row.item);
          return (
            // The keys are those of the tree around it.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <div key={row.item.path} id={`outline-${index}`} role="treeitem" tabIndex={-1} aria-level={row.depth + 1}
              aria-selected={row.item.path === picked} data-active={index === active} className="topo-line" style={{ top: start, paddingLeft: 10 + row.depth * 16 }}
              onClick={() => {
                setActive(index);
                onPick(row.item.path);
              }}>
              <i className={`topo-dot ${state ? `fill-${groupOf(state)}` : ''}`} />
              {row.branch && <span className="quiet">{row.branch}: </span>}
              <span>{row.item.id}</span>
              <span className="quiet">{shortType(row.item.type)}{state && ` · ${state}`}{note && ` · ${note}`}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
