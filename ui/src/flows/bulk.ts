/** What can be done with several flows at once: with those that are ticked, or with all that match the filters. */
import { MAIN, ask, askFile } from '@/api/client';
import { client } from '@/app/client';
import { download } from './download';

export interface Chosen {
  ids: { namespace: string; id: string }[];
  /** The filters, when all that match are meant. */
  query?: string;
}

type Verb = 'enable' | 'disable' | 'delete';

const place = (verb: string, { query }: Chosen): string => `${MAIN}/flows/${verb}/by-${query === undefined ? 'ids' : `query${query}`}`;

export async function change(verb: Verb, chosen: Chosen): Promise<number> {
  const method = verb === 'delete' ? 'DELETE' : 'POST';
  const { count } = await ask<{ count: number }>(place(verb, chosen), { method, json: chosen.query === undefined ? chosen.ids : undefined });
  for (const name of ['flows', 'flow', 'namespaces']) void client.invalidateQueries({ queryKey: [name] });
  return count;
}

export async function exportZip(chosen: Chosen): Promise<void> {
  const isAll = chosen.query !== undefined;
  download('flows.zip', await askFile(place('export', chosen), isAll ? {} : { method: 'POST', json: chosen.ids }));
}

export async function exportCsv(query: string): Promise<void> {
  download('flows.csv', await askFile(`${MAIN}/flows/export/by-query/csv${query}`));
}

/** Takes YAML files and archives; returns what was refused. */
export async function importFiles(files: File[]): Promise<string[]> {
  const refused: string[] = [];
  for (const file of files) {
    const form = new FormData();
    form.append('fileUpload', file, file.name);
    refused.push(...(await ask<string[]>(`${MAIN}/flows/import`, { method: 'POST', form })));
  }
  await Promise.all([['flows'], ['namespaces']].map((queryKey) => client.invalidateQueries({ queryKey })));
  return refused;
}
