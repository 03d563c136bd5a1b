/** The editor of a flow: code, documentation and graph in panels; saving and executing. */
import { Alert, Button, Tooltip } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { Suspense, lazy, memo, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { validation } from '@/api/queries';
import type { Flow, Problem } from '@/api/types';
import { CONTROL } from '@/app/Sidebar';
import { Icon } from '@/ui/Icon';
import { Empty, Loading } from '@/ui/Notes';
import { tell } from '@/ui/notify';
import { Code, type CodeHandle, type Cursor } from './Code';
import { Conflict } from './Conflict';
import { Docs } from './Docs';
import { Dock, useDock, type Panel } from './Dock';
import type { Layout } from './docking';
import { useKnowledge } from './knowledge';
import type { Outline } from './outline';
import { placeAt, taskAt } from './place';
import { Problems } from './Problems';
import { offsetIn, useOutline } from './reading';
import { useSaving, type Based, type Saved } from './saving';
import './editor.css';

const FlowTopology = memo(lazy(() => import('@/topology/FlowTopology').then((module) => ({ default: module.FlowTopology }))));

const START: Layout = [
  { share: 1.3, panels: [{ id: 'code', share: 1 }] },
  { share: 1, panels: [{ id: 'topology', share: 1 }, { id: 'docs', share: 1 }] },
];
const PAUSE = 300;
const BREATH = 100;
const NONE: Problem[] = [];

interface Props {
  initial: string;
  /** What the text began as; absent for a new flow. */
  based?: Based;
  onSaved: (flow: Flow) => void;
  onExecute: (flow: Saved) => void;
  children?: ReactNode;
}

/** Asks before a page with unsaved text is left, by a link or by closing the tab. */
function useGuard(isDirty: () => boolean) {
  useBlocker({
    shouldBlockFn: () => isDirty() && !window.confirm('This flow has changes that are not saved. Leave without them?'),
    enableBeforeUnload: isDirty,
  });
}

export function FlowEditor({ initial, based: first, onSaved, onExecute, children }: Props) {
  const code = useRef<CodeHandle>(null);
  // Typing renders nothing: the text is the editor's, and only when it rests it comes here.
  const [calm, setCalm] = useState(initial);
  const [saved, setSaved] = useState({ text: initial, based: first });
  const [isChanged, setChanged] = useState(false);
  const [conflict, setConflict] = useState<{ theirs: Flow; mine: string }>();
  const [refusal, setRefusal] = useState<string>();
  const [spot, setSpot] = useState<{ type: string; path: string }>();
  const { isSaving, save } = useSaving();
  const dock = useDock('lanner.editor.layout', START);
  const isClean = useRef(false);
  const isDirty = isChanged || !saved.based;
  const present = () => code.current?.text() ?? saved.text;
  useGuard(() => !isClean.current && present() !== saved.text);
  const rest = useDebouncedCallback(() => {
    setCalm(present());
    setChanged(present() !== saved.text);
  }, PAUSE);
  const onChange = () => {
    setChanged(true);
    rest();
  };

  const checked = useQuery({ ...validation(calm), enabled: calm.trim() !== '', placeholderData: (before) => before });
  const problems = checked.data?.problems ?? NONE;
  const read = useOutline(calm);
  const drawn = read ?? undefined;
  const outline = useRef<Outline>(undefined);
  useEffect(() => {
    outline.current = drawn;
  }, [drawn]);
  const knowledge = useKnowledge(outline);

  // Where the cursor is is told from the lines above it, which are many in a long flow: that waits for the next key.
  const onCursor = useDebouncedCallback(({ line, column, lines, count }: Cursor) => {
    const found = taskAt(placeAt(lines, count, line, column).levels);
    setSpot((before) => (before?.type === found?.type && before?.path === found?.path ? before : found));
  }, BREATH);

  const store = async (isForced = false): Promise<Flow | undefined> => {
    const source = present();
    setRefusal(undefined);
    const outcome = await save(source, saved.based, isForced);
    if (outcome.kind === 'conflict') setConflict({ theirs: outcome.theirs, mine: source });
    if (outcome.kind === 'refused') setRefusal([outcome.error.message, ...outcome.error.fields.map((one) => `${one.path}: ${one.message}`)].join('\n'));
    if (outcome.kind !== 'saved') return undefined;
    const { namespace, id, revision } = outcome.flow;
    setSaved({ text: source, based: { namespace, id, revision } });
    setChanged(present() !== source);
    setConflict(undefined);
    tell(`Saved as revision ${revision}`);
    isClean.current = true;
    onSaved(outcome.flow);
    isClean.current = false;
    return outcome.flow;
  };
  const execute = async () => {
    if (present() === saved.text && saved.based) onExecute({ ...saved.based, source: saved.text });
    else {
      const flow = await store();
      if (flow) onExecute(flow);
    }
  };
  const takeTheirs = () => {
    if (!conflict) return;
    const { theirs } = conflict;
    setSaved({ text: theirs.source ?? '', based: theirs });
    code.current?.replace(theirs.source ?? '');
    setChanged(false);
    setConflict(undefined);
  };
  const goTo = useCallback((path: string) => {
    void offsetIn(code.current?.text() ?? '', path).then((offset) => {
      if (offset !== undefined) code.current?.goTo(offset);
    });
  }, []);

  const panels: Panel[] = [
    {
      id: 'code', title: 'Flow code', isFixed: true,
      content: <Code ref={code} initial={initial} knowledge={knowledge} problems={problems} onChange={onChange} onCursor={onCursor}
        onSave={() => void store()} onExecute={() => void execute()} />,
    },
    {
      id: 'topology', title: 'Topology',
      content: drawn && drawn.tasks.length > 0
        ? <Suspense fallback={<Loading />}><FlowTopology structure={drawn.structure} namespace={drawn.namespace} picked={spot?.path} onPick={goTo} /></Suspense>
        : read === undefined ? <Loading /> : <Empty title="No tasks yet">The graph appears as soon as the flow has one.</Empty>,
    },
    { id: 'docs', title: 'Documentation', content: <Docs type={spot?.type} /> },
  ];
  return (
    <div className="editor">
      <div className="editor-bar">
        {panels.slice(1).map(({ id, title }) => (
          <Button key={id} variant="default" aria-pressed={dock.isOpen(id)} data-pressed={dock.isOpen(id)} className="toggle" onClick={() => dock.toggle(id)}>{title}</Button>
        ))}
        <Problems problems={problems} warnings={checked.data} isChecking={checked.isFetching} isUnreachable={checked.isError}
          onPick={(problem) => code.current?.goTo(offsetOfLine(present(), problem.line ?? 1, problem.column ?? 1))} />
        <div className="push">
          <span className="quiet" role="status">{isDirty && saved.based ? 'Not saved' : saved.based ? `Revision ${saved.based.revision}` : ''}</span>
          {children}
          <Tooltip label={`${CONTROL} S`}>
            <Button variant="default" leftSection={<Icon name="save" size={14} />} loading={isSaving} disabled={!isDirty} onClick={() => void store()}>Save</Button>
          </Tooltip>
          <Tooltip label={isDirty ? `Saves first · ${CONTROL} E` : `${CONTROL} E`}>
            <Button leftSection={<Icon name="play" size={14} />} onClick={() => void execute()}>Execute</Button>
          </Tooltip>
        </div>
      </div>
      {refusal && <Alert color="red" role="alert" title="The flow was not saved" withCloseButton closeButtonLabel="Close" onClose={() => setRefusal(undefined)} mb="xs" style={{ whiteSpace: 'pre-wrap' }}>{refusal}</Alert>}
      <Dock panels={panels} layout={dock.layout} onLayout={dock.setLayout} />
      {conflict && <Conflict theirs={conflict.theirs} mine={conflict.mine} onClose={() => setConflict(undefined)} onOverwrite={() => void store(true)} onTake={takeTheirs} />}
    </div>
  );
}

function offsetOfLine(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}
