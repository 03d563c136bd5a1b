/** What opened subflows are made of, asked for when they are opened. */
import { useQueries } from '@tanstack/react-query';
import { flow as flowOf } from '@/api/queries';
import type { JsonMap } from '@/api/types';
import type { Item } from './structure';

/** Names that are expressions are known only in a run. */
const isNamed = ({ subflow }: Item) => subflow !== undefined && !`${subflow.namespace}${subflow.flowId}`.includes('{{');

export function useSubflows(items: readonly Item[], isOpen: (item: Item) => boolean, namespace: string) {
  const opened = items.filter((item) => isNamed(item) && isOpen(item));
  const flows = useQueries({ queries: opened.map((item) => flowOf(item.subflow?.namespace || namespace, item.subflow?.flowId ?? '')) });
  const loaded = new Map<string, JsonMap>();
  opened.forEach((item, index) => {
    const found = flows[index]?.data;
    if (found) loaded.set(item.path, found);
  });
  /** Changes when something was loaded. */
  const key = opened.map((item, index) => `${item.path}:${flows[index]?.dataUpdatedAt ?? 0}`).join();
  return { opened, loaded, key };
}
