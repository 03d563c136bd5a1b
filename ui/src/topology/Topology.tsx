/** The graph of a flow; what a task looks like beyond its name is the page's: `look` adds a state or a note. */
import { Background, BackgroundVariant, Controls, Handle, MarkerType, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import './topology.css';
import { useMantineColorScheme } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import type { StateName } from '@/api/types';
import { groupOf } from '@/format/state';
import { Icon } from '@/ui/Icon';
import { layout, type Box } from './layout';
import { shortType, type FlowTree, type Task } from './tasks';

export interface Look {
  state?: StateName;
  /** Beside the type: a duration, a count. */
  note?: ReactNode;
}
interface Content extends Record<string, unknown> {
  box: Box;
  look: Look;
  isPicked: boolean;
  isFolded: boolean;
  fold: (path: string) => void;
}
type TaskNode = Node<Content>;

function Card({ data: { box, look, isPicked, isFolded, fold } }: NodeProps<TaskNode>) {
  const { task } = box;
  const isOpenGroup = box.kind === 'branch' || (box.kind === 'group' && !isFolded);
  return (
    <div className="node" data-kind={box.kind} data-open={isOpenGroup} data-picked={isPicked} data-off={task?.isDisabled}
      data-group={look.state && groupOf(look.state)} style={{ width: box.width, height: box.height }}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <div className="node-head">
        {box.kind === 'trigger' && <Icon name="clock" size={13} />}
        <span className="node-name" title={box.label}>{box.label}</span>
        {look.note}
        {box.kind === 'group' && task && (
          <button type="button" className="node-fold nodrag" aria-label={isFolded ? `Unfold ${box.label}` : `Fold ${box.label}`} aria-expanded={!isFolded}
            onClick={(event) => {
              event.stopPropagation();
              fold(task.path);
            }}>
            <Icon name={isFolded ? 'right' : 'down'} size={13} />
          </button>
        )}
      </div>
      {task && !isOpenGroup && <div className="node-type">{shortType(task.type)}{look.state && ` · ${look.state}`}{task.isDisabled && ' · disabled'}</div>}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
}

const KINDS = { card: Card };
const MANY = 60;
/** The boxes stand close: an arrow begins to turn at once. */
const CLOSE = { pathOptions: { offset: 8 }, markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--quiet)' }, style: { strokeWidth: 1.5 } };
const plain = (): Look => ({});

export function Topology({ tree, look = plain, picked, onPick }: {
  tree: FlowTree; look?: (task: Task) => Look; picked?: string; onPick?: (task: Task) => void;
}) {
  const { colorScheme } = useMantineColorScheme();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const graph = useMemo(() => layout(tree, (path) => folded.has(path)), [tree, folded]);
  const nodes = useMemo(() => {
    const fold = (path: string) => setFolded((before) => {
      const next = new Set(before);
      if (!next.delete(path)) next.add(path);
      return next;
    });
    return graph.boxes.map((box): TaskNode => ({
      id: box.key, type: 'card', position: { x: box.x, y: box.y }, parentId: box.around, draggable: false, connectable: false,
      width: box.width, height: box.height, selectable: box.task !== undefined, focusable: box.task !== undefined,
      ariaLabel: box.task ? `${box.kind} ${box.label}, ${shortType(box.task.type)}` : box.label,
      data: { box, look: box.task ? look(box.task) : {}, isPicked: box.key === picked, isFolded: folded.has(box.key), fold },
    }));
  }, [graph, folded, look, picked]);
  const edges = useMemo(() => {
    const looks = new Map(nodes.map((node) => [node.id, node.data.look]));
    return graph.arrows.map(({ from, to }): Edge => ({
      ...CLOSE, id: `${from}→${to}`, source: from, target: to, type: 'smoothstep', focusable: false,
      animated: looks.get(to)?.state === 'RUNNING',
    }));
  }, [graph, nodes]);
  return (
    <div className="topology">
      <ReactFlow nodes={nodes} edges={edges} nodeTypes={KINDS} fitView fitViewOptions={{ maxZoom: 1, padding: 0.15 }} minZoom={0.05}
        onlyRenderVisibleElements={nodes.length > MANY} nodesConnectable={false} nodesDraggable={false} deleteKeyCode={null} proOptions={{ hideAttribution: true }}
        colorMode={colorScheme === 'auto' ? 'system' : colorScheme}
        onNodeClick={(_, node) => node.data.box.task && onPick?.(node.data.box.task)}>
        <Background variant={BackgroundVariant.Dots} gap={18} />
        <Controls showInteractive={false} position="top-right" orientation="horizontal" />
      </ReactFlow>
      <Outline tree={tree} look={look} onPick={onPick} />
    </div>
  );
}

/** The same for those who cannot see it: a list that screen readers and the keyboard can walk. */
function Outline({ tree, look, onPick }: { tree: FlowTree; look: (task: Task) => Look; onPick?: (task: Task) => void }) {
  const item = (task: Task): ReactNode => (
    <li key={task.path}>
      <button type="button" tabIndex={-1} onClick={() => onPick?.(task)}>{task.id}, {shortType(task.type)}, {look(task).state ?? ''}</button>
      {task.branches.map((branch) => <ul key={branch.name} aria-label={branch.name}>{branch.tasks.map(item)}</ul>)}
    </li>
  );
  return (
    <div className="only-read">
      {tree.branches.map((branch) => <ul key={branch.name} aria-label={branch.name}>{branch.tasks.map(item)}</ul>)}
    </div>
  );
}
