/** What the pages ask the server for; the key of a query is the question itself. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { MAIN, ROOT, ask, query } from './client';
import type {
  Configuration, Execution, Flow, LastExecution, Paged, Plugin, PluginDocument, Schema, Validation,
} from './types';

export interface FlowFilter {
  q?: string;
  namespace?: string;
  labels?: string[];
  page?: number;
  size?: number;
}
export interface ExecutionFilter {
  q?: string;
  namespace?: string;
  flowId?: string;
  state?: string[];
  labels?: string[];
  timeRange?: string;
  page?: number;
  size?: number;
}

const list = (filter: FlowFilter | ExecutionFilter, sort: string) =>
  query({ ...filter, page: filter.page ?? 1, size: filter.size ?? 50, sort } as Record<string, string | number | string[]>);

export const configuration = () =>
  queryOptions({
    queryKey: ['configuration'],
    queryFn: ({ signal }) => ask<Configuration>(`${ROOT}/configs`, { signal }),
    // The page came with it.
    initialData: () => {
      const text = document.querySelector('meta[name=configuration]')?.getAttribute('content');
      return text ? (JSON.parse(text) as Configuration) : undefined;
    },
    staleTime: Infinity,
  });

export const flows = (filter: FlowFilter) =>
  queryOptions({
    queryKey: ['flows', filter],
    queryFn: ({ signal }) => ask<Paged<Flow>>(`${MAIN}/flows/search${list(filter, 'id:asc')}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const namespaces = () =>
  queryOptions({
    queryKey: ['namespaces'],
    queryFn: ({ signal }) => ask<string[]>(`${MAIN}/flows/distinct-namespaces`, { signal }),
  });

export const flow = (namespace: string, id: string, revision?: number) =>
  queryOptions({
    queryKey: ['flow', namespace, id, revision ?? null],
    queryFn: ({ signal }) =>
      ask<Flow>(`${MAIN}/flows/${namespace}/${id}${query({ source: true, revision })}`, { signal }),
  });

export const revisions = (namespace: string, id: string) =>
  queryOptions({
    queryKey: ['revisions', namespace, id],
    queryFn: ({ signal }) => ask<Flow[]>(`${MAIN}/flows/${namespace}/${id}/revisions`, { signal }),
  });

/** The newest executions of many flows by one request, `size` of each, newest first. */
export const lastExecutions = (of: { namespace: string; id: string }[], size: number) =>
  queryOptions({
    queryKey: ['executions', 'last', of, size],
    queryFn: ({ signal }) =>
      ask<LastExecution[]>(`${MAIN}/executions/latest${query({ size })}`, { method: 'POST', json: of, signal }),
    staleTime: 15_000,
    enabled: of.length > 0,
    placeholderData: keepPreviousData,
  });

export const executions = (filter: ExecutionFilter) =>
  queryOptions({
    queryKey: ['executions', filter],
    queryFn: ({ signal }) =>
      ask<Paged<Execution>>(`${MAIN}/executions/search${list(filter, 'state.startDate:desc')}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const execution = (id: string) =>
  queryOptions({
    queryKey: ['execution', id],
    queryFn: ({ signal }) => ask<Execution>(`${MAIN}/executions/${id}`, { signal }),
  });

export const plugins = () =>
  queryOptions({
    queryKey: ['plugins'],
    queryFn: ({ signal }) => ask<Plugin[]>(`${ROOT}/plugins`, { signal }),
    staleTime: Infinity,
  });

export const plugin = (type: string) =>
  queryOptions({
    queryKey: ['plugin', type],
    queryFn: ({ signal }) => ask<PluginDocument>(`${ROOT}/plugins/${encodeURIComponent(type)}`, { signal }),
    staleTime: Infinity,
    retry: false,
  });

export const flowSchema = () =>
  queryOptions({
    queryKey: ['flowSchema'],
    queryFn: ({ signal }) => ask<Schema>(`${ROOT}/plugins/schemas/flow`, { signal }),
    staleTime: Infinity,
  });

export const vocabulary = () =>
  queryOptions({
    queryKey: ['vocabulary'],
    queryFn: async ({ signal }) => {
      const [functions, filters] = await Promise.all([
        ask<{ name: string; arguments: string[] }[]>(`${MAIN}/pebble/functions`, { signal }),
        ask<string[]>(`${MAIN}/pebble/filters`, { signal }),
      ]);
      return { functions, filters };
    },
    staleTime: Infinity,
  });

/** Everything that is wrong with a flow that is not saved yet. */
export const validation = (source: string) =>
  queryOptions({
    queryKey: ['validation', source],
    queryFn: async ({ signal }) =>
      (await ask<Validation[]>(`${MAIN}/flows/validate`, { method: 'POST', yaml: source, signal }))[0],
    staleTime: Infinity,
    gcTime: 0,
  });

/** Flows by the filters of an address. */
export const foundFlows = (filters: string, page: number, size: number, sort: string) =>
  queryOptions({
    queryKey: ['flows', filters, page, size, sort],
    queryFn: ({ signal }) =>
      ask<Paged<Flow>>(`${MAIN}/flows/search${filters || '?'}${filters && '&'}page=${page}&size=${size}&sort=${sort}`, { signal }),
    placeholderData: keepPreviousData,
  });
