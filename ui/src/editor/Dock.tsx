/** Panels in columns that can be resized, moved by dragging their heads or by their menus, enlarged and closed. */
import { ActionIcon, Menu } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { Fragment, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { Icon } from '@/ui/Icon';
import { closed, moved, opened, resized, type Layout, type Side } from './docking';

export interface Panel {
  id: string;
  title: string;
  content: ReactNode;
  /** Stays open: there is nothing without it. */
  isFixed?: boolean;
}

function Divider({ label, isColumn, onMove }: { label: string; isColumn: boolean; onMove: (share: number) => void }) {
  const start = useRef<{ at: number; whole: number }>(null);
  const down = (event: PointerEvent<HTMLDivElement>) => {
    const around = event.currentTarget.parentElement?.getBoundingClientRect();
    start.current = { at: isColumn ? event.clientX : event.clientY, whole: (isColumn ? around?.width : around?.height) ?? 1 };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (!start.current) return;
    const now = isColumn ? event.clientX : event.clientY;
    onMove((now - start.current.at) / start.current.whole);
    start.current.at = now;
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -0.04, ArrowUp: -0.04, ArrowRight: 0.04, ArrowDown: 0.04 }[event.key];
    if (step) {
      event.preventDefault();
      onMove(step);
    }
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a focusable separator is a control (ARIA: window splitter)
    <div className="divider" role="separator" aria-orientation={isColumn ? 'vertical' : 'horizontal'} aria-label={label} aria-valuenow={50}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
      tabIndex={0} onPointerDown={down} onPointerMove={move} onPointerUp={() => (start.current = null)} onKeyDown={key} />
  );
}

function sideOf(event: { clientX: number; clientY: number }, box: DOMRect): Side {
  const x = (event.clientX - box.left) / box.width - 0.5;
  const y = (event.clientY - box.top) / box.height - 0.5;
  if (Math.abs(x) > Math.abs(y)) return x < 0 ? 'left' : 'right';
  return y < 0 ? 'above' : 'below';
}

const SIDES: { side: Side; label: string }[] = [
  { side: 'left', label: 'left of' }, { side: 'right', label: 'right of' }, { side: 'above', label: 'above' }, { side: 'below', label: 'below' },
];

function Head({ panel, others, isLarge, onLarge, onMove, onClose, onDrag }: {
  panel: Panel; others: Panel[]; isLarge: boolean; onLarge: () => void; onMove: (target: string, side: Side) => void; onClose: () => void;
  onDrag: (isOn: boolean) => void;
}) {
  const drag = (event: React.DragEvent) => {
    event.dataTransfer.setData('text/plain', panel.id);
    event.dataTransfer.effectAllowed = 'move';
    onDrag(true);
  };
  return (
    <div className="dock-head" draggable onDragStart={drag} onDragEnd={() => onDrag(false)}>
      <h2>{panel.title}</h2>
      {others.length > 0 && (
        <Menu>
          <Menu.Target><ActionIcon size={24} aria-label={`Move or enlarge ${panel.title}`}><Icon name="dots" size={14} /></ActionIcon></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={onLarge}>{isLarge ? 'Show all panels' : 'Enlarge'}</Menu.Item>
            <Menu.Divider />
            {others.flatMap((other) => SIDES.map(({ side, label }) => (
              <Menu.Item key={other.id + side} onClick={() => onMove(other.id, side)}>Put {label} {other.title}</Menu.Item>
            )))}
          </Menu.Dropdown>
        </Menu>
      )}
      {!panel.isFixed && <ActionIcon size={24} aria-label={`Close ${panel.title}`} onClick={onClose}><Icon name="cross" size={13} /></ActionIcon>}
    </div>
  );
}

export function useDock(key: string, initial: Layout) {
  const [layout, setLayout] = useLocalStorage({ key, defaultValue: initial, getInitialValueInEffect: false });
  const isOpen = (id: string) => layout.some((column) => column.panels.some((panel) => panel.id === id));
  return { layout, setLayout, isOpen, toggle: (id: string) => setLayout((before) => (isOpen(id) ? closed(before, id) : opened(before, id))) };
}

export function Dock({ panels, layout, onLayout }: { panels: Panel[]; layout: Layout; onLayout: (change: (before: Layout) => Layout) => void }) {
  const [large, setLarge] = useState<string>();
  const [isDragging, setDragging] = useState(false);
  const known = new Map(panels.map((panel) => [panel.id, panel]));
  const open = layout.flatMap((column) => column.panels.map((panel) => known.get(panel.id))).filter((one): one is Panel => one !== undefined);
  const largest = open.some((panel) => panel.id === large) ? large : undefined;
  const show = ({ id }: { id: string }) => {
    const panel = known.get(id);
    if (!panel) return null;
    return (
      <section className="dock-panel surface" aria-label={panel.title} data-hidden={largest !== undefined && largest !== id}
        onDragOver={(event) => isDragging && event.preventDefault()}
        onDrop={(event) => {
          if (!isDragging) return;
          event.preventDefault();
          const dragged = event.dataTransfer.getData('text/plain');
          const side = sideOf(event, event.currentTarget.getBoundingClientRect());
          onLayout((before) => moved(before, dragged, id, side));
        }}>
        <Head panel={panel} others={open.filter((other) => other.id !== id)} isLarge={largest === id} onDrag={setDragging}
          onLarge={() => setLarge(largest === id ? undefined : id)} onClose={() => onLayout((before) => closed(before, id))}
          onMove={(target, side) => onLayout((before) => moved(before, id, target, side))} />
        <div className="dock-body" style={isDragging ? { pointerEvents: 'none' } : undefined}>{panel.content}</div>
      </section>
    );
  };
  return (
    <div className="dock" data-large={largest !== undefined}>
      {layout.map((column, place) => (
        <Fragment key={column.panels[0]?.id}>
          {place > 0 && !largest && <Divider isColumn label="Width of the columns" onMove={(share) => onLayout((before) => resized(before, place, undefined, share))} />}
          <div className="dock-column" style={{ flexGrow: column.share }} data-hidden={largest !== undefined && !column.panels.some((one) => one.id === largest)}>
            {column.panels.map((panel, row) => (
              <Fragment key={panel.id}>
                {row > 0 && !largest && <Divider isColumn={false} label="Height of the panels" onMove={(share) => onLayout((before) => resized(before, place, row, share))} />}
                <div className="dock-cell" style={{ flexGrow: panel.share }} data-hidden={largest !== undefined && largest !== panel.id}>{show(panel)}</div>
              </Fragment>
            ))}
          </div>
        </Fragment>
      ))}
    </div>
  );
}
