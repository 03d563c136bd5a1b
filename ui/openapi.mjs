/**
 * Writes `src/api/openapi.ts`, the documents of the HTTP API as types, from `docs/reference/openapi.yml`.
 *
 * `node openapi.mjs` in this folder; a unit test says when the file is old. It is kept in the tree so that a build needs neither
 * this step nor the reference.
 */
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { parse } from 'yaml';

const HERE = new URL('.', import.meta.url);
const SOURCE = new URL('../docs/reference/openapi.yml', HERE);
export const TARGET = new URL('src/api/openapi.ts', HERE);
const HEAD = `/** The documents of the HTTP API. Written by openapi.mjs from docs/reference/openapi.yml: not to be changed by hand. */
import type { Json } from './json';

`;

const ANY = { $ref: '#/components/schemas/Json' };
const isAny = (schema) => schema === true || (typeof schema === 'object' && schema !== null && Object.keys(schema).every((key) => key === 'description'));
const mapped = (found, change) => Object.fromEntries(Object.entries(found).map(([key, value]) => [key, change(value)]));

/** What may be anything is JSON for the pages: `unknown` would have to be looked at everywhere. */
function known(schema) {
  if (isAny(schema)) return ANY;
  const result = { ...schema };
  if (result.properties) result.properties = mapped(result.properties, known);
  if (result.items) result.items = known(result.items);
  if (result.additionalProperties) result.additionalProperties = known(result.additionalProperties);
  for (const key of ['anyOf', 'oneOf', 'allOf']) if (result[key]) result[key] = result[key].map(known);
  return result;
}

/** The schemas alone: paths are written where they are asked for. */
export async function written() {
  const { openapi, info, components } = parse(await readFile(SOURCE, 'utf8'));
  const ast = await openapiTS({ openapi, info, paths: {}, components: { schemas: { ...mapped(components.schemas, known), Json: { description: ANY.$ref } } } }, {
    transform: (schema) => (schema.description === ANY.$ref ? ts.factory.createTypeReferenceNode('Json') : undefined),
  });
  return HEAD + astToString(ast.filter((one) => one.name?.text === 'components'));
}

if (process.argv[1] === new URL(import.meta.url).pathname) await writeFile(TARGET, await written());
