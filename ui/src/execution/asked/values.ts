/** Values of inputs as a form holds and sends them. */
import type { CheckedInput, Input, Json, JsonMap } from '@/api/types';

export type Value = string | File | undefined;
export type Values = Record<string, Value>;

/** A value as text, the way the server reads it from a form. */
export function textOf(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function startValues(inputs: readonly Input[], given: JsonMap | undefined): Values {
  const found: Values = {};
  for (const { id } of inputs) {
    // Ids with dots are nested in the execution.
    const value = id.split('.').reduce<Json | undefined>(
      (inside, part) => (typeof inside === 'object' && inside !== null && !Array.isArray(inside) ? inside[part] : undefined), given,
    );
    const text = textOf(value);
    if (text !== undefined) found[id] = text;
  }
  return found;
}

export function formOf(values: Values, checked?: readonly CheckedInput[]): FormData {
  const off = new Set((checked ?? []).filter((one) => !one.enabled).map((one) => one.input.id));
  const form = new FormData();
  for (const [id, value] of Object.entries(values)) {
    if (off.has(id) || value === undefined || value === '') continue;
    // A file travels under the name `files`, and is called like its input.
    if (value instanceof File) form.append('files', value, id);
    else form.append(id, value);
  }
  return form;
}

export const listIn = (value: Value): string[] => {
  if (typeof value !== 'string' || !value) return [];
  try {
    const parsed = JSON.parse(value) as Json;
    return Array.isArray(parsed) ? parsed.map(String) : [];
  } catch {
    return [];
  }
};

/** A moment as the server has it (with a zone) for a control that knows none, and back. */
export function toLocal(value: Value): string {
  if (typeof value !== 'string' || !value) return '';
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return '';
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
export const fromLocal = (text: string): string => (text ? new Date(text).toISOString() : '');
