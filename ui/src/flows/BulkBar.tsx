import { Button, Group } from '@mantine/core';
import { confirm } from '@/ui/confirm';
import { Icon } from '@/ui/Icon';
import { tell, tellFailure } from '@/ui/notify';
import { change, exportZip, type Chosen } from './bulk';

const flowsOf = (count: number) => `${count} ${count === 1 ? 'flow' : 'flows'}`;

export function BulkBar({ chosen, count, total, onAll, onDone }: {
  chosen: Chosen; count: number; total: number; onAll: () => void; onDone: () => void;
}) {
  const run = (verb: 'enable' | 'disable', word: string) => async () => {
    try {
      tell(`${flowsOf(await change(verb, chosen))} ${word}`);
      onDone();
    } catch (error) {
      tellFailure('Nothing was changed', error);
    }
  };
  const remove = () => confirm({
    title: `Delete ${flowsOf(count)}?`, effect: 'Their triggers stop and nobody can start them any more. Executions and revisions stay.',
    action: `Delete ${flowsOf(count)}`, isDangerous: true,
    run: async () => {
      tell(`${flowsOf(await change('delete', chosen))} deleted`);
      onDone();
    },
  });
  return (
    <div className="flows-chosen surface" role="region" aria-label="With the chosen flows">
      <span role="status">{flowsOf(count)} chosen</span>
      {chosen.query === undefined && count < total && <Button variant="subtle" onClick={onAll}>Choose all {total}</Button>}
      <Group gap={6} ml="auto">
        <Button variant="default" onClick={() => void run('enable', 'enabled')()}>Enable</Button>
        <Button variant="default" onClick={() => void run('disable', 'disabled')()}>Disable</Button>
        <Button variant="default" leftSection={<Icon name="download" size={14} />}
          onClick={() => void exportZip(chosen).catch((error: unknown) => tellFailure('Nothing was exported', error))}>Export</Button>
        <Button variant="default" className="danger" leftSection={<Icon name="trash" size={14} />} onClick={remove}>Delete</Button>
        <Button variant="subtle" onClick={onDone}>Cancel</Button>
      </Group>
    </div>
  );
}
