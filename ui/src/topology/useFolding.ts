/** Which groups of a drawing are open. */
import { useMemo, useState } from 'react';
import type { Item } from './structure';

/** Groups of small flows are open; subflows, `isClosed` ones and the groups of large flows are opened by hand. */
export function useFolding(tasks: number, most: number, isClosed: (item: Item) => boolean) {
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const isOpen = useMemo(() => (item: Item) => {
    const byItself = item.subflow === undefined && tasks <= most && !isClosed(item);
    return byItself !== turned.has(item.path);
  }, [turned, tasks, most, isClosed]);
  const toggle = (path: string) => setTurned((before) => {
    const next = new Set(before);
    if (!next.delete(path)) next.add(path);
    return next;
  });
  return { isOpen, toggle };
}
