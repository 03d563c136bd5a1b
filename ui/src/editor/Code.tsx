/** The YAML of a flow. The text lives in the editor; what it says leaves through callbacks, so typing renders nothing. */
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { Problem } from '@/api/types';
import type { Knowledge } from './completion';
import { flowExtensions } from './setup';

export interface CodeHandle {
  text: () => string;
  replace: (text: string) => void;
  /** Puts the cursor at an offset and shows it. */
  goTo: (offset: number) => void;
  focus: () => void;
}
export interface Cursor {
  line: number;
  column: number;
  lines: (number: number) => string;
  count: number;
}
interface Props {
  initial: string;
  knowledge: Knowledge;
  problems: Problem[];
  onChange: () => void;
  onCursor: (cursor: Cursor) => void;
  onSave: () => void;
  onExecute: () => void;
  ref?: Ref<CodeHandle>;
}

function cursorOf(view: EditorView): Cursor {
  const { doc, selection } = view.state;
  const line = doc.lineAt(selection.main.head);
  return { line: line.number - 1, column: selection.main.head - line.from, lines: (number) => doc.line(number + 1).text, count: doc.lines };
}

/** Underlines from the reported place to the end of its word or line. */
export function diagnosticsOf(state: EditorState, problems: Problem[]): Diagnostic[] {
  return problems.map(({ line = 1, column = 1, message, path }) => {
    const at = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
    const indent = /^\s*(?:-\s+)?/.exec(at.text)?.[0].length ?? 0;
    const from = Math.min(at.to, at.from + Math.max(indent, column - 1));
    return { from, to: Math.max(from, at.to), severity: 'error', message: path ? `${message}\n(${path})` : message };
  });
}

export function Code({ ref, initial, knowledge, problems, ...actions }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(actions);
  const first = useRef({ initial, knowledge });
  useEffect(() => {
    latest.current = actions;
  });

  useEffect(() => {
    if (!host.current) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current.initial,
        extensions: flowExtensions(first.current.knowledge, {
          onChange: () => latest.current.onChange(),
          onCursor: (editor) => latest.current.onCursor(cursorOf(editor)),
          onSave: () => latest.current.onSave(),
          onExecute: () => latest.current.onExecute(),
        }),
      }),
    });
    view.current = made;
    made.focus();
    latest.current.onCursor(cursorOf(made));
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);

  useEffect(() => {
    const present = view.current;
    if (present) present.dispatch(setDiagnostics(present.state, diagnosticsOf(present.state, problems)));
  }, [problems]);

  useImperativeHandle(ref, () => ({
    text: () => view.current?.state.doc.toString() ?? '',
    replace: (text) => view.current?.dispatch({ changes: { from: 0, to: view.current.state.doc.length, insert: text } }),
    goTo: (offset) => {
      const editor = view.current;
      if (!editor) return;
      const place = Math.min(offset, editor.state.doc.length);
      editor.dispatch({ selection: { anchor: place }, effects: EditorView.scrollIntoView(place, { y: 'center' }) });
      editor.focus();
    },
    focus: () => view.current?.focus(),
  }), []);

  return <div ref={host} className="code" />;
}
