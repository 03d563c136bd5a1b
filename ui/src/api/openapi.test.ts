// @vitest-environment node
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
// @ts-expect-error -- a script for Node, which has no types
import { TARGET, written } from '../../openapi.mjs';

test('the types are those of the OpenAPI file; `node openapi.mjs` writes them anew', async () => {
  expect(await readFile(TARGET as URL, 'utf8')).toBe(await (written as () => Promise<string>)());
});
