/** The graph of a flow as it is written, perhaps half: a click leads to the task's place in the text. */
import { useMemo } from 'react';
import { allItems, withSubflows, type Structure } from './structure';
import { TopologyView } from './TopologyView';
import { useFolding } from './useFolding';
import { useSubflows } from './useSubflows';

const MANY = 200;
const never = () => false;

export function FlowTopology({ structure, namespace, picked, onPick }: {
  structure: Structure; namespace: string;
  /** Places in the document: `tasks[0].then[1]`. */
  picked?: string; onPick: (at: string) => void;
}) {
  const items = useMemo(() => allItems(structure), [structure]);
  const folding = useFolding(items.length, MANY, never);
  const { loaded, key } = useSubflows(items, folding.isOpen, namespace);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` stands for what was loaded
  const shown = useMemo(() => withSubflows(structure, loaded), [structure, key]);
  // A task of a subflow leads to the task that starts it: the text of another flow is not here.
  const pick = (path: string) => {
    const item = items.findLast((one) => path === one.path || path.startsWith(`${one.path}/`));
    if (item) onPick(item.at);
  };
  return (
    <TopologyView follows structure={shown} picked={items.find((item) => item.at === picked)?.path} onPick={pick} isOpen={folding.isOpen} onToggle={folding.toggle} />
  );
}
