/** A drawing seen from far: too small to read, so it is painted at once instead of made of elements. */
import { useEffect, useRef } from 'react';
import { groupOf } from '@/format/state';
import type { Layout } from './layout';
import type { LookOf } from './look';
import type { Extent, Viewport } from './useViewport';

export function FarView({ layout, view, size, look, onPick }: {
  layout: Layout; view: Viewport; size: Extent; look: LookOf; onPick: (path: string) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = size.width * ratio;
    element.height = size.height * ratio;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name);
    const colours = new Map<string, string>();
    const barOf = (group: string) => {
      const known = colours.get(group) ?? colour(`--${group}-bar`);
      colours.set(group, known);
      return known;
    };
    const [line, surface, quiet] = [colour('--line'), colour('--surface'), colour('--quiet')];
    context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
    context.strokeStyle = quiet;
    context.lineWidth = 1 / view.scale;
    context.beginPath();
    for (const { points: [x1, y1, x2, y2] } of layout.edges) {
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
    }
    context.stroke();
    for (const box of layout.boxes) {
      const { state } = look(box.item);
      context.fillStyle = box.isGroup ? surface : state ? barOf(groupOf(state)) : line;
      context.strokeStyle = state ? barOf(groupOf(state)) : quiet;
      context.fillRect(box.x, box.y, box.width, box.height);
      context.strokeRect(box.x, box.y, box.width, box.height);
    }
  }, [layout, view, size, look]);
  const at = (event: { clientX: number; clientY: number; currentTarget: HTMLCanvasElement }) => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const [x, y] = [(event.clientX - bounds.left - view.x) / view.scale, (event.clientY - bounds.top - view.y) / view.scale];
    const hit = layout.boxes.findLast((box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height);
    if (hit) onPick(hit.item.path);
  };
  // The outline beside the drawing holds the same tasks for keyboards and screen readers.
  return <canvas ref={canvas} className="topo-far" role="img" aria-label={`${layout.boxes.length} tasks, seen from far`} onClick={at} />;
}
