/** A flow as a drawing: boxes in boxes, movable, with the states of a run when there is one. */
import { ActionIcon } from '@mantine/core';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Icon } from '@/ui/Icon';
import { isEnded } from '@/format/state';
import { FarView } from './FarView';
import { layoutOf, type Direction, type Edge } from './layout';
import { PLAIN, type LookOf } from './look';
import { Node } from './Node';
import { Outline } from './Outline';
import type { Item, Structure } from './structure';
import './topology.css';
import { fitted, READABLE, useViewport, type Extent, type Viewport } from './useViewport';

const FAR = 0.4;
const MANY = 250;
const GRID = 256;

/** What is to be seen, in steps: a small move draws nothing anew. */
function visible(view: Viewport, size: Extent) {
  const step = (value: number, up: boolean) => (up ? Math.ceil(value / GRID) + 1 : Math.floor(value / GRID) - 1) * GRID;
  return {
    left: step(-view.x / view.scale, false), top: step(-view.y / view.scale, false),
    right: step((size.width - view.x) / view.scale, true), bottom: step((size.height - view.y) / view.scale, true),
  };
}

function curve({ points: [x1, y1, x2, y2] }: Edge, direction: Direction): string {
  const bend = direction === 'right' ? Math.max(12, (x2 - x1) / 2) : Math.max(12, (y2 - y1) / 2);
  return direction === 'right'
    ? `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`
    : `M${x1},${y1}C${x1},${y1 + bend} ${x2},${y2 - bend} ${x2},${y2}`;
}

/** To the right, as one reads, unless that is too small to read and downwards is not. */
export function fittingDirection(structure: Structure, isOpen: (item: Item) => boolean, room: Extent): Direction {
  const right = fitted(layoutOf(structure, 'right', isOpen), room).scale;
  return right < READABLE && fitted(layoutOf(structure, 'down', isOpen), room).scale > right ? 'down' : 'right';
}

export interface TopologyProps {
  structure: Structure;
  look?: LookOf;
  picked?: string;
  onPick?: (path: string) => void;
  isOpen: (item: Item) => boolean;
  onToggle: (path: string) => void;
  /** Tools of the page, beside those for zooming. */
  tools?: ReactNode;
  /** Moves so that what is picked elsewhere can be seen. */
  follows?: boolean;
}

export function TopologyView({ structure, look = PLAIN, picked, onPick, isOpen, onToggle, tools, follows = false }: TopologyProps) {
  const [direction, setDirection] = useState<Direction>('right');
  const root = useRef<HTMLDivElement>(null);
  const first = useRef({ structure, isOpen });
  // Only at first: a drawing that turned while one types would be hard to follow.
  useLayoutEffect(() => {
    const room = root.current && { width: root.current.clientWidth, height: root.current.clientHeight };
    if (room) setDirection(fittingDirection(first.current.structure, first.current.isOpen, room));
  }, []);
  const [hasOutline, setOutline] = useState(false);
  const layout = useMemo(() => layoutOf(structure, direction, isOpen), [structure, direction, isOpen]);
  const { frame, view, size, handlers, zoom, fit, show, onKey } = useViewport(layout);
  const isFar = view.scale < FAR && layout.boxes.length > MANY;
  const seen = visible(view, size);
  const key = Object.values(seen).join();
  const shown = useMemo(() => {
    if (isFar) return { boxes: [], edges: [] };
    const { left, top, right, bottom } = seen;
    return {
      boxes: layout.boxes.filter((box) => box.x < right && box.x + box.width > left && box.y < bottom && box.y + box.height > top),
      edges: layout.edges.filter(({ points: [x1, y1, x2, y2] }) =>
        Math.min(x1, x2) < right && Math.max(x1, x2) > left && Math.min(y1, y2) < bottom && Math.max(y1, y2) > top),
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` stands for `seen`
  }, [layout, key, isFar]);
  const items = useMemo(() => new Map(layout.boxes.map((box) => [box.item.path, box])), [layout]);

  const latest = useRef<(path: string) => void>(undefined);
  useEffect(() => {
    latest.current = (path) => {
      const box = items.get(path);
      if (!box || size.width === 0) return;
      const [left, top] = [box.x * view.scale + view.x, box.y * view.scale + view.y];
      const isSeen = left >= 0 && top >= 0 && left + 40 < size.width && top + 20 < size.height;
      if (!isSeen) show(box.x + Math.min(box.width, 200) / 2, box.y + Math.min(box.height, 54) / 2);
    };
  });
  useEffect(() => {
    if (follows && picked) latest.current?.(picked);
  }, [follows, picked]);
  const pick = (path: string) => onPick?.(path);
  const pickInOutline = (path: string) => {
    const box = items.get(path);
    if (box) show(box.x + Math.min(box.width, 200) / 2, box.y + Math.min(box.height, 54) / 2);
    pick(path);
  };
  const isActive = (path: string) => {
    const box = items.get(path);
    const state = box && look(box.item).state;
    return state !== undefined && !isEnded(state);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target === event.currentTarget && onKey(event.key)) event.preventDefault();
  };

  return (
    <div ref={root} className="topo surface">
      {hasOutline && <Outline structure={structure} look={look} picked={picked} onPick={pickInOutline} />}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex -- a drawing that is moved by keys */}
      <div ref={frame} className="topo-frame" role="application" aria-label="Topology: arrow keys move it, plus and minus zoom, zero fits" tabIndex={0}
        onKeyDown={onKeyDown} {...handlers}>
        {isFar ? <FarView layout={layout} view={view} size={size} look={look} onPick={pick} /> : (
          <div className="topo-plane" style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}>
            {shown.boxes.filter((box) => box.isGroup).map((box) => (
              <Node key={box.item.path} box={box} look={look(box.item)} isPicked={box.item.path === picked} isFoldable onPick={pick} onToggle={onToggle} />
            ))}
            <svg className="topo-edges" aria-hidden="true" width={layout.width} height={layout.height}>
              {shown.edges.map((edge) => <path key={edge.id} d={curve(edge, direction)} data-live={isActive(edge.to)} />)}
            </svg>
            {layout.captions.map((one) => (
              <span key={`${one.x},${one.y}`} className="topo-caption" style={{ transform: `translate(${one.x}px, ${one.y - 12}px)` }}>{one.text}</span>
            ))}
            {shown.boxes.filter((box) => !box.isGroup).map((box) => (
              <Node key={box.item.path} box={box} look={look(box.item)} isPicked={box.item.path === picked}
                isFoldable={box.item.branches.length > 0 || box.item.subflow !== undefined} onPick={pick} onToggle={onToggle} />
            ))}
          </div>
        )}
      </div>
      <div className="topo-tools" role="toolbar" aria-label="Drawing">
        <ActionIcon variant="default" aria-label="Outline" aria-pressed={hasOutline} title="Outline" onClick={() => setOutline(!hasOutline)}><Icon name="outline" size={14} /></ActionIcon>
        <ActionIcon variant="default" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(1.25)}><Icon name="plus" size={14} /></ActionIcon>
        <ActionIcon variant="default" aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoom(0.8)}><Icon name="minus" size={14} /></ActionIcon>
        <ActionIcon variant="default" aria-label="Fit" title="Fit (0)" onClick={fit}><Icon name="fit" size={14} /></ActionIcon>
        <ActionIcon variant="default" aria-label={direction === 'right' ? 'Draw downwards' : 'Draw to the right'} title={direction === 'right' ? 'Draw downwards' : 'Draw to the right'}
          onClick={() => setDirection(direction === 'right' ? 'down' : 'right')}><Icon name={direction === 'right' ? 'downwards' : 'across'} size={14} /></ActionIcon>
        {tools}
      </div>
    </div>
  );
}
