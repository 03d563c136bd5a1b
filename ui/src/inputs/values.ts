/** Values of inputs as the controls hold them and forms send them: text, or a file. */
import type { CheckedInput, Input, Json, JsonMap } from '@/api/types';
import { duration, parseDuration } from '@/format/time';

export type Values = Record<string, string | File>;

const asText = (value: Json | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** What an input has while nobody touched it: its default, rendered by the server when it is an expression. */
export function defaultOf({ input, value }: CheckedInput): string {
  const given = asText(input.defaults);
  return given.includes('{{') ? asText(value) : given;
}

/** The options of a SELECT or MULTISELECT; the server resolves those that are expressions. */
export function optionsOf({ input }: CheckedInput): string[] {
  const options = (input.values ?? input.options ?? []).map((one) => (typeof one === 'object' && one !== null && 'value' in one ? asText(one['value']) : asText(one)));
  return [...new Set(options)];
}

export function listOf(text: string): string[] {
  try {
    const read: unknown = JSON.parse(text || '[]');
    return Array.isArray(read) ? read.map((one: Json) => asText(one)) : [];
  } catch {
    return [];
  }
}

const NUMBERS = new Set(['INT', 'FLOAT']);

/** A list as JSON; items of number and truth types are written bare. */
export function listText(items: string[], itemType = 'STRING'): string {
  const isBare = (item: string) => (NUMBERS.has(itemType) && item.trim() !== '' && Number.isFinite(Number(item))) || (/^BOOL/.test(itemType) && /^(true|false)$/.test(item));
  return `[${items.map((item) => (isBare(item) ? item.trim() : JSON.stringify(item))).join(', ')}]`;
}

/** `PT1H30M` in words. */
export function durationWords(text: string): string | undefined {
  const milliseconds = parseDuration(text);
  return milliseconds === undefined ? undefined : duration(milliseconds);
}

/** The browser's date-and-time field wants local time without a zone; the server a moment. */
export function toLocal(moment: string): string {
  const date = new Date(moment);
  if (!moment || Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
export const fromLocal = (local: string): string => (local ? new Date(local).toISOString() : '');

/** What an execution was given, to begin a form with. Secrets are stored encrypted and cannot be given back. */
export function valuesOf(inputs: readonly Input[], given: JsonMap | undefined): Values {
  const found: Values = {};
  const add = ({ id, type, inputs: inner }: Input) => {
    if (inner) inner.forEach((one) => add({ ...one, id: `${id}.${one.id}` }));
    if (inner || type === 'SECRET') return;
    // Ids with dots are nested in the execution.
    const value = id.split('.').reduce<Json | undefined>(
      (inside, part) => (typeof inside === 'object' && inside !== null && !Array.isArray(inside) ? inside[part] : undefined), given,
    );
    if (value !== undefined && value !== null) found[id] = asText(value);
  };
  inputs.forEach(add);
  return found;
}

export function formOf(values: Values): FormData {
  const form = new FormData();
  // A body without any part is refused by multipart readers; an empty name belongs to no input.
  if (Object.keys(values).length === 0) form.append('', '');
  for (const [name, value] of Object.entries(values)) {
    if (value instanceof File) form.append(name, value, value.name);
    else form.append(name, value);
  }
  return form;
}
