/** Namespaces as a tree: `company.team.a` hangs below `company.team`, also where that one has no flow itself. */
export interface Branch {
  name: string;
  path: string;
  children: Branch[];
}

export function treeOfNamespaces(namespaces: string[]): Branch[] {
  const roots: Branch[] = [];
  for (const namespace of [...namespaces].sort()) {
    let level = roots;
    let path = '';
    for (const name of namespace.split('.')) {
      path = path ? `${path}.${name}` : name;
      let branch = level.find((one) => one.path === path);
      if (!branch) {
        branch = { name, path, children: [] };
        level.push(branch);
      }
      level = branch.children;
    }
  }
  return roots;
}
