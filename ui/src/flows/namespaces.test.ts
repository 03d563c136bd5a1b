import { expect, test } from 'vitest';
import { treeOfNamespaces, type Branch } from './namespaces';

const shape = (branches: Branch[]): string => branches.map((one) => one.path + (one.children.length ? `(${shape(one.children)})` : '')).join(' ');

test('namespaces hang below those they begin with, also when those have no flow', () => {
  expect(shape(treeOfNamespaces(['b.c', 'a', 'b.c.d', 'b.e']))).toBe('a b(b.c(b.c.d) b.e)');
  expect(treeOfNamespaces([])).toEqual([]);
});
