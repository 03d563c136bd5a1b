import { Button, Group, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { MAIN, ask } from '@/api/client';
import { revisions } from '@/api/queries';
import type { Flow } from '@/api/types';
import { client } from '@/app/client';
import { absolute } from '@/format/time';
import { confirm } from '@/ui/confirm';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { tell } from '@/ui/notify';
import { DiffView } from './DiffView';

const nameOf = (flow: Flow): string => `Revision ${flow.revision}${flow.updated ? ` · ${absolute(flow.updated)}` : ''}`;

async function restore(flow: Flow): Promise<void> {
  const saved = await ask<Flow>(`${MAIN}/flows/${flow.namespace}/${flow.id}`, { method: 'PUT', yaml: flow.source ?? '' });
  await client.invalidateQueries({ queryKey: ['flow', flow.namespace, flow.id] });
  await client.invalidateQueries({ queryKey: ['revisions', flow.namespace, flow.id] });
  tell(`Revision ${flow.revision} is back as revision ${saved.revision}`);
}

export function Revisions({ flow }: { flow: Flow }) {
  const { data, error, refetch } = useQuery(revisions(flow.namespace, flow.id));
  const [picked, setPicked] = useState<{ from?: number; to?: number }>({});
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.length < 2) return <Empty title="There is only one revision">Each time the flow is saved with changes, a revision is added that can be compared and brought back.</Empty>;
  const newest = data.at(-1)?.revision ?? 1;
  const from = data.find((one) => one.revision === (picked.from ?? newest - 1)) ?? data[0];
  const to = data.find((one) => one.revision === (picked.to ?? newest)) ?? data.at(-1);
  const options = data.map((one) => ({ value: String(one.revision), label: nameOf(one) })).reverse();
  return (
    <>
      <Group gap="xs" mb="xs" align="end">
        <Select label="From" data={options} value={String(from?.revision)} allowDeselect={false} onChange={(value) => setPicked({ ...picked, from: Number(value) })} w={270} />
        <Select label="To" data={options} value={String(to?.revision)} allowDeselect={false} onChange={(value) => setPicked({ ...picked, to: Number(value) })} w={270} />
        {from && from.revision !== newest && (
          <Button variant="default" onClick={() => confirm({
            title: `Bring revision ${from.revision} back?`, effect: 'Its text is saved as the newest revision. Executions that run go on with theirs.',
            action: 'Bring it back', run: () => restore(from),
          })}>Bring revision {from.revision} back</Button>
        )}
      </Group>
      {from && to && <DiffView before={from.source ?? ''} after={to.source ?? ''} label={`Differences from revision ${from.revision} to ${to.revision}`} />}
    </>
  );
}
