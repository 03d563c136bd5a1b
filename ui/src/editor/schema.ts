/** Reading the server's JSON Schema of a flow: which properties and values are possible at a place. */
import type { Json, Schema } from '@/api/types';
import type { Level } from './place';

export interface Property {
  name: string;
  schema: Schema;
  isRequired: boolean;
}
type Definitions = Record<string, Schema>;

const REF = '#/definitions/';

/** Opens references and alternatives; what is left has properties, items or values of its own. */
export function alternatives(schema: Schema | undefined, definitions: Definitions, depth = 0): Schema[] {
  if (!schema || depth > 8) return [];
  if (schema.$ref?.startsWith(REF)) return alternatives(definitions[schema.$ref.slice(REF.length)], definitions, depth + 1);
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (parts.length === 0) return [schema];
  const own = schema.properties ? [schema] : [];
  return [...own, ...parts.flatMap((part) => alternatives(part, definitions, depth + 1))];
}

/** The types a mapping may have: what `type` can be in any of its shapes. */
export function typesOf(shapes: Schema[]): { type: string; shape: Schema }[] {
  return shapes.flatMap((shape) => {
    const type = shape.properties?.['type'];
    const values = type?.const !== undefined ? [type.const] : (type?.enum ?? []);
    return values.filter((one): one is string => typeof one === 'string').map((one) => ({ type: one, shape }));
  });
}

/** Keeps the shapes whose `type` is the one that is written; all, when none is. */
function narrow(shapes: Schema[], type: string | undefined): Schema[] {
  if (!type) return shapes;
  const fitting = typesOf(shapes).filter((one) => one.type === type).map((one) => one.shape);
  return fitting.length ? fitting : shapes.filter((shape) => typesOf([shape]).length === 0);
}

function step(shapes: Schema[], name: string | number, definitions: Definitions): Schema[] {
  return shapes.flatMap((shape) => {
    if (typeof name === 'number') return alternatives(shape.items, definitions);
    const known = shape.properties?.[name];
    if (known) return alternatives(known, definitions);
    return typeof shape.additionalProperties === 'object' ? alternatives(shape.additionalProperties, definitions) : [];
  });
}

/** The shapes the mapping at the end of the levels may have. */
export function shapesAt(root: Schema, levels: Level[]): Schema[] {
  const definitions = root.definitions ?? {};
  let shapes = alternatives(root, definitions);
  for (const level of levels) {
    for (const name of level.steps) shapes = step(shapes, name, definitions);
    shapes = narrow(shapes, level.entries.get('type'));
  }
  return shapes;
}

export function propertiesOf(shapes: Schema[]): Property[] {
  const found = new Map<string, Property>();
  for (const shape of shapes) {
    for (const [name, schema] of Object.entries(shape.properties ?? {})) {
      if (!found.has(name)) found.set(name, { name, schema, isRequired: shape.required?.includes(name) ?? false });
    }
  }
  return [...found.values()];
}

/** The values a property can have, as far as the schema names them. */
export function valuesOf(shapes: Schema[], key: string, definitions: Definitions): Json[] {
  const found = step(shapes, key, definitions).flatMap((schema) => [
    ...(schema.enum ?? []),
    ...(schema.const !== undefined ? [schema.const] : []),
    ...(schema.type === 'boolean' ? [true, false] : []),
  ]);
  return [...new Set(found)];
}

/** Whether a property holds a list or a mapping, to begin it well. */
export function holds(schema: Schema, definitions: Definitions): 'list' | 'map' | 'value' {
  const kinds = new Set(alternatives(schema, definitions).map((one) => (one.items ? 'list' : one.properties || one.additionalProperties ? 'map' : 'value')));
  if (kinds.size === 1 || (kinds.size === 2 && kinds.has('value') && !alternatives(schema, definitions).some((one) => one.type === 'string'))) {
    return kinds.has('list') ? 'list' : kinds.has('map') ? 'map' : 'value';
  }
  return 'value';
}
