/** What completion knows, kept by the cache of server answers; asked once per visit. */
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, type RefObject } from 'react';
import { flowSchema, namespaces, plugin, vocabulary } from '@/api/queries';
import { alternatives } from './schema';
import type { Knowledge } from './completion';
import type { Outline } from './outline';

function outputsOf(client: QueryClient, type: string): string[] {
  const document = client.getQueryData(plugin(type).queryKey);
  if (!document) {
    void client.prefetchQuery(plugin(type));
    return [];
  }
  const { outputs, definitions = {} } = document.schema;
  return alternatives(outputs, definitions).flatMap((shape) => Object.keys(shape.properties ?? {}));
}

export function useKnowledge(outline: RefObject<Outline | undefined>): Knowledge {
  const client = useQueryClient();
  useEffect(() => {
    void client.prefetchQuery(flowSchema());
    void client.prefetchQuery(vocabulary());
    void client.prefetchQuery(namespaces());
  }, [client]);
  return useMemo(() => ({
    schema: () => client.getQueryData(flowSchema().queryKey),
    vocabulary: () => client.getQueryData(vocabulary().queryKey) ?? { functions: [], filters: [] },
    namespaces: () => client.getQueryData(namespaces().queryKey) ?? [],
    outline: () => outline.current,
    outputsOf: (type) => outputsOf(client, type),
  }), [client, outline]);
}
