/** The code editor: what it looks like and what its keys do. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab, lineComment, lineUncomment } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import {
  HighlightStyle, bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  EditorView, drawSelection, dropCursor, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { source, type Knowledge } from './completion';
import { nearYaml } from './near';

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--code-key)' },
  { tag: [tags.string, tags.special(tags.string), tags.content], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: [tags.meta, tags.keyword, tags.labelName, tags.typeName], color: 'var(--code-meta)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--quiet)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--soft) 70%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection)' },
  '.cm-tooltip, .cm-panels': { backgroundColor: 'var(--surface)', color: 'var(--text)', border: '1px solid var(--line)', borderRadius: '6px' },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12.5px', maxHeight: '18em' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--accent)' },
  '.cm-completionDetail': { color: 'var(--quiet)', fontStyle: 'normal' },
  '.cm-completionInfo': { maxWidth: '380px', padding: '8px 10px', fontSize: '13px' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--soft)', border: 'none', color: 'var(--quiet)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warning-tint)' },
  '.cm-textfield, .cm-button': { fontSize: '12.5px', backgroundColor: 'var(--surface)', backgroundImage: 'none', color: 'var(--text)', border: '1px solid var(--line)' },
});

export interface Actions {
  /** The text is asked for where it is needed: to put it together for each key costs. */
  onChange: () => void;
  onCursor: (view: EditorView) => void;
  onSave: () => void;
  onExecute: () => void;
}

const does = (run: () => void) => () => {
  run();
  return true;
};

/** Everything of the flow editor but its text. */
export function flowExtensions(knowledge: Knowledge, actions: Actions): Extension[] {
  return [
    ...plain(nearYaml()),
    lineNumbers(), highlightActiveLineGutter(), highlightActiveLine(), foldGutter(), codeFolding(), lintGutter(),
    dropCursor(), rectangularSelection(), search({ top: true }), highlightSelectionMatches(),
    autocompletion({ override: [source(knowledge)], icons: false, activateOnTyping: true }),
    EditorView.contentAttributes.of({ 'aria-label': 'Source of the flow' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) actions.onChange();
      if (update.selectionSet || update.docChanged) actions.onCursor(update.view);
    }),
    keymap.of([
      { key: 'Mod-s', run: does(actions.onSave), preventDefault: true },
      { key: 'Mod-e', run: does(actions.onExecute), preventDefault: true },
      { key: 'Mod-k Mod-c', run: lineComment, preventDefault: true },
      { key: 'Mod-k c', run: lineComment, preventDefault: true },
      { key: 'Mod-k Mod-u', run: lineUncomment, preventDefault: true },
      { key: 'Mod-k u', run: lineUncomment, preventDefault: true },
      { key: 'Ctrl-Space', run: startCompletion },
      ...completionKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap,
    ]),
  ];
}

function plain(language: Extension): Extension[] {
  return [
    language, history(), drawSelection(), highlightSpecialChars(), EditorState.allowMultipleSelections.of(true), indentOnInput(), indentUnit.of('  '),
    bracketMatching(), closeBrackets(), syntaxHighlighting(colours), look,
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
  ];
}

/** A small editor for a value: JSON or YAML in a form. */
export function valueExtensions(language: 'json' | 'yaml', label: string, onChange: (text: string) => void): Extension[] {
  return [
    ...plain(language === 'json' ? json() : yaml()),
    EditorView.contentAttributes.of({ 'aria-label': label }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
  ];
}
