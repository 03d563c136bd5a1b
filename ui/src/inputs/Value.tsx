import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { valueExtensions } from '@/editor/setup';

/** A small editor for JSON or YAML in a form. */
export default function Value({ language, label, initial, onChange }: {
  language: 'json' | 'yaml'; label: string; initial: string; onChange: (text: string) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const first = useRef(initial);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    if (!host.current) return;
    const extensions = valueExtensions(language, label, (text) => latest.current(text));
    const view = new EditorView({ parent: host.current, state: EditorState.create({ doc: first.current, extensions }) });
    return () => view.destroy();
  }, [language, label]);
  return <div ref={host} className="value-editor" />;
}
