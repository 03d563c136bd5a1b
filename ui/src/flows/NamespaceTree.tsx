import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { namespaces } from '@/api/queries';
import { Icon } from '@/ui/Icon';
import { treeOfNamespaces, type Branch } from './namespaces';

/** The rail beside the flows: one click shows a namespace and everything below it. */
export function NamespaceTree({ picked, onPick }: { picked?: string; onPick: (namespace: string | undefined) => void }) {
  const { data } = useQuery(namespaces());
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const fold = (path: string) => setFolded((before) => {
    const next = new Set(before);
    if (!next.delete(path)) next.add(path);
    return next;
  });
  const item = (branch: Branch): ReactNode => {
    const isFolded = folded.has(branch.path);
    return (
      <li key={branch.path}>
        <div className="rail-item" data-picked={picked === branch.path}>
          {branch.children.length > 0 ? (
            <button type="button" className="rail-fold" aria-expanded={!isFolded} aria-label={`${isFolded ? 'Unfold' : 'Fold'} ${branch.path}`} onClick={() => fold(branch.path)}>
              <Icon name={isFolded ? 'right' : 'down'} size={12} />
            </button>
          ) : <span className="rail-fold" />}
          <button type="button" className="rail-name" aria-pressed={picked === branch.path} title={branch.path}
            onClick={() => onPick(picked === branch.path ? undefined : branch.path)}>{branch.name}</button>
        </div>
        {branch.children.length > 0 && !isFolded && <ul>{branch.children.map(item)}</ul>}
      </li>
    );
  };
  if (!data || data.length < 2) return null;
  return (
    <nav className="rail" aria-label="Namespaces">
      <ul>
        <li><div className="rail-item" data-picked={picked === undefined}><span className="rail-fold" /><button type="button" className="rail-name" aria-pressed={picked === undefined} onClick={() => onPick(undefined)}>All namespaces</button></div></li>
        {treeOfNamespaces(data).map(item)}
      </ul>
    </nav>
  );
}
