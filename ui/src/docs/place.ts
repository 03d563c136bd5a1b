/** Where the pages of the documentation lie, and where a link in one of them leads. */

export interface Listed {
  path: string;
  /** Empty for a file that is no page. */
  title: string;
}

export type Target =
  | { kind: 'page'; path: string; hash: string }
  | { kind: 'file'; path: string }
  | { kind: 'outside'; href: string }
  | { kind: 'missing' };

export interface Group {
  name: string;
  pages: Listed[];
}

export const START = 'README.md';
// A folder above the documentation: a link that leaves it is seen to do so.
const TREE = '/tree/docs/';

const isPage = ({ path }: Listed) => path.endsWith('.md');

/** Where `href` leads from the page `from`; a folder stands for its README. */
export function targetOf(from: string, href: string, listed: Listed[]): Target {
  if (/^(https?|mailto):/i.test(href)) return { kind: 'outside', href };
  let url: URL;
  let path: string;
  try {
    url = new URL(href, `docs://${TREE}${from}`);
    path = decodeURIComponent(url.pathname);
  } catch {
    return { kind: 'missing' };
  }
  if (url.protocol !== 'docs:' || url.host !== '' || !path.startsWith(TREE)) return { kind: 'missing' };
  const found = entryAt(path.slice(TREE.length), listed);
  if (!found) return { kind: 'missing' };
  return isPage(found) ? { kind: 'page', path: found.path, hash: url.hash.slice(1) } : { kind: 'file', path: found.path };
}

function entryAt(path: string, listed: Listed[]): Listed | undefined {
  const folder = path.replace(/\/*$/, '');
  const names = [path, folder ? `${folder}/${START}` : START];
  return listed.find((one) => names.includes(one.path));
}

/** The page at an address, also when it names a folder only. */
export function pageAt(path: string, listed: Listed[]): Listed | undefined {
  const found = entryAt(path, listed);
  return found && isPage(found) ? found : undefined;
}

/** The name of a heading in an address, as the usual readers of Markdown make it; `taken` keeps them apart. */
export function anchorOf(text: string, taken: Set<string>): string {
  const plain = text.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
  let name = plain;
  for (let count = 1; taken.has(name); count += 1) name = `${plain}-${count}`;
  taken.add(name);
  return name;
}

/** The page of a task, a trigger or a task runner. */
export function pageOfType(type: string, listed: Listed[]): Listed | undefined {
  const name = `/${type.replace(/^io\.kestra\.plugin\./, '')}.md`;
  return listed.find(({ path }) => path.startsWith('reference/tasks/') && path.endsWith(name));
}

const NAMES: Record<string, string> = { '': 'Start', concepts: 'Concepts', 'how-to': 'How to', reference: 'Reference' };
const ORDER = ['', 'concepts', 'how-to', 'reference'];

const folderOf = (path: string) => path.split('/').slice(0, -1).join('/');
const nameOf = (folder: string) => NAMES[folder] ?? folder.replace(/^reference\/tasks\/?/, 'Tasks: ').replace(/: $/, '');
const rankOf = (folder: string) => (ORDER.includes(folder) ? ORDER.indexOf(folder) : ORDER.length);

/** What a page is called among others: tasks by the end of their type, as several are named `Get`. */
export function labelOf({ path, title }: Listed): string {
  const type = /^reference\/tasks\/.*?([^./]+\.[^./]+)\.md$/.exec(path)?.[1];
  return type ?? title.replaceAll('`', '');
}

/** The contents: a group for each folder, its README first. */
export function groupsOf(listed: Listed[]): Group[] {
  const folders = new Map<string, Listed[]>();
  for (const page of listed.filter(isPage)) {
    const folder = folderOf(page.path);
    folders.set(folder, [...(folders.get(folder) ?? []), page]);
  }
  const isReadme = ({ path }: Listed) => Number(path.endsWith(START));
  return [...folders].sort(([one], [other]) => rankOf(one) - rankOf(other) || one.localeCompare(other))
    .map(([folder, pages]) => ({
      name: nameOf(folder),
      pages: [...pages].sort((one, other) => isReadme(other) - isReadme(one) || one.path.localeCompare(other.path)),
    }));
}
