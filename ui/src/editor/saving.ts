/** Saving a flow: new or as a revision, and never over what somebody else saved meanwhile without being asked. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, MAIN, ask } from '@/api/client';
import { flow as flowQuery } from '@/api/queries';
import type { Flow } from '@/api/types';

export interface Based {
  namespace: string;
  id: string;
  revision: number;
}
/** A flow by name, as it was saved. */
export type Saved = Based & { source?: string };
export type Outcome = { kind: 'saved'; flow: Flow } | { kind: 'conflict'; theirs: Flow } | { kind: 'refused'; error: ApiError };

const newest = ({ namespace, id }: Based) => ask<Flow>(`${MAIN}/flows/${namespace}/${id}?source=true`);

/** The server looks at the revision and saves in one step, so nobody comes between. */
async function save(source: string, based: Based | undefined, isForced: boolean): Promise<Outcome> {
  try {
    if (!based) return { kind: 'saved', flow: await ask<Flow>(`${MAIN}/flows`, { method: 'POST', yaml: source }) };
    const onlyOf = isForced ? undefined : based.revision;
    const flow = await ask<Flow>(`${MAIN}/flows/${based.namespace}/${based.id}`, { method: 'PUT', yaml: source, onlyOf });
    return { kind: 'saved', flow };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status !== 412 || !based) return { kind: 'refused', error };
  }
  const theirs = await newest(based);
  // What both wrote alike is saved already.
  return theirs.source === source ? { kind: 'saved', flow: theirs } : { kind: 'conflict', theirs };
}

export function useSaving() {
  const client = useQueryClient();
  const [isSaving, setSaving] = useState(false);
  return {
    isSaving,
    save: async (source: string, based: Based | undefined, isForced = false): Promise<Outcome> => {
      setSaving(true);
      try {
        const outcome = await save(source, based, isForced);
        if (outcome.kind === 'saved') {
          const { namespace, id } = outcome.flow;
          client.setQueryData(flowQuery(namespace, id).queryKey, { ...outcome.flow, source: outcome.flow.source ?? source });
          for (const name of ['flows', 'namespaces', 'revisions']) void client.invalidateQueries({ queryKey: [name] });
        }
        return outcome;
      } finally {
        setSaving(false);
      }
    },
  };
}
