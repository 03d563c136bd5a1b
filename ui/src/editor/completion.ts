/** Completion in the editor: keys, types, values and expressions, from what the server knows. */
import { snippetCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { Schema } from '@/api/types';
import { shortType } from '@/topology/structure';
import { openExpression, suggest, wishOf, type Suggestion, type Vocabulary } from './expressions';
import type { Outline } from './outline';
import { placeAt, type Place } from './place';
import { holds, propertiesOf, shapesAt, typesOf, valuesOf } from './schema';

export interface Knowledge {
  schema: () => Schema | undefined;
  vocabulary: () => Vocabulary;
  outline: () => Outline | undefined;
  /** The outputs of a type; asks the server the first time and answers nothing yet. */
  outputsOf: (type: string) => string[];
  namespaces: () => string[];
}

const PLAIN = /^[\w.$/-]+$/;
const quoted = (value: string): string => (PLAIN.test(value) ? value : JSON.stringify(value));
/** Completions show plain text. */
const plain = (text: string | undefined): string | undefined => text?.replaceAll('``', '"');
const TASK_LISTS = new Set(['dependsOn', 'inputs']);

/** What is suggested at a place; without the editor around it, so that it can be tested. */
export function suggestions(place: Place, knowledge: Knowledge, indent: string): Completion[] {
  const schema = knowledge.schema();
  if (!schema || place.kind === 'text') return [];
  const definitions = schema.definitions ?? {};
  const outline = knowledge.outline();
  const list = place.levels.at(-1)?.steps.find((step) => typeof step === 'string');
  if (place.kind === 'key' && place.isItem && typeof list === 'string' && TASK_LISTS.has(list) && place.levels.length > 2) {
    const names = list === 'inputs' ? outline?.inputs : outline?.tasks.map((task) => task.id);
    return (names ?? []).map((label) => ({ label, type: 'variable' }));
  }
  const shapes = shapesAt(schema, place.levels);
  if (place.kind === 'key') return keys(place, shapes, definitions, indent);
  if (place.key === 'type' && place.levels.length > 0) return types(withoutType(schema, place), shapes);
  if (place.key === 'namespace') return knowledge.namespaces().map((label) => ({ label, type: 'variable' }));
  return valuesOf(shapes, place.key, definitions).map((value) => ({ label: String(value), apply: quoted(String(value)), type: 'enum' }));
}

/** While a type is typed, the half of it must not rule the others out. */
function withoutType(schema: Schema, place: Place): Schema[] {
  const last = place.levels.at(-1);
  const bare = last ? [...place.levels.slice(0, -1), { steps: last.steps, entries: new Map<string, string>() }] : [];
  return shapesAt(schema, bare);
}

function types(shapes: Schema[], narrowed: Schema[]): Completion[] {
  const found = typesOf(shapes.length ? shapes : narrowed);
  return found.map(({ type, shape }) => ({
    label: type, apply: quoted(type), type: 'type', info: plain(shape.description), detail: type.includes('.') ? shortType(type) : undefined,
    boost: shape.deprecated || shape.$deprecated ? -50 : 0,
  }));
}

function keys(place: Place, shapes: Schema[], definitions: Record<string, Schema>, indent: string): Completion[] {
  const written = place.levels.at(-1)?.entries ?? new Map<string, string>();
  return propertiesOf(shapes)
    .filter(({ name }) => !written.has(name) || name === place.word)
    .map(({ name, schema, isRequired }) => {
      const kind = holds(schema, definitions);
      const rest = kind === 'list' ? `:\n${indent}  - \${}` : kind === 'map' ? `:\n${indent}  \${}` : ': ${}';
      const deprecated = schema.deprecated || schema.$deprecated;
      return snippetCompletion(`${name}${rest}`, {
        label: name, type: 'property', detail: isRequired ? 'required' : kind === 'value' ? undefined : kind, info: plain(deprecated ? `Deprecated. ${schema.description ?? ''}` : schema.description),
        boost: name === 'id' ? 99 : name === 'type' ? 98 : isRequired ? 50 : deprecated ? -50 : 0,
      });
    });
}

const asCompletion = ({ label, detail, info, kind, apply }: Suggestion): Completion => ({ label, detail, info, type: kind, apply: apply ?? label });

export const source = (knowledge: Knowledge) => (context: CompletionContext): CompletionResult | null => {
  const { doc } = context.state;
  const line = doc.lineAt(context.pos);
  const column = context.pos - line.from;
  const inside = openExpression(line.text.slice(0, column));
  if (inside !== undefined) {
    const wish = wishOf(inside);
    if (!context.explicit && !wish.word && !wish.path.length && !wish.isFilter && !/\{\{\s*$/.test(line.text.slice(0, column))) return null;
    const options = suggest(wish, knowledge.outline(), knowledge.vocabulary(), knowledge.outputsOf).map(asCompletion);
    return options.length ? { from: context.pos - wish.word.length, options, validFor: /^[\w$-]*$/ } : null;
  }
  const place = placeAt((number) => doc.line(number + 1).text, doc.lines, line.number - 1, column);
  if (!context.explicit && !place.word && place.kind !== 'value' && !place.isItem) return null;
  const read = /^(\s*(?:-\s+)*)/.exec(line.text)?.[0].replaceAll('-', ' ') ?? '';
  const options = suggestions(place, knowledge, place.kind === 'key' ? read.slice(0, place.from) : read);
  // `key:` right before the cursor still lacks its blank.
  const needsBlank = place.kind === 'value' && line.text[column - 1] === ':';
  if (!options.length || needsBlank) return null;
  return { from: line.from + place.from, options, validFor: /^[\w.$-]*$/ };
};
