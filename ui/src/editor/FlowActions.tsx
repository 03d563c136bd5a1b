import { ActionIcon, Button, Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { MAIN, ask } from '@/api/client';
import type { Flow } from '@/api/types';
import { client } from '@/app/client';
import { download } from '@/flows/download';
import { confirm } from '@/ui/confirm';
import { Icon } from '@/ui/Icon';
import { tell, tellFailure } from '@/ui/notify';

async function setDisabled(flow: Flow, isDisabled: boolean): Promise<void> {
  try {
    await ask(`${MAIN}/flows/${isDisabled ? 'disable' : 'enable'}/by-ids`, { method: 'POST', json: [{ namespace: flow.namespace, id: flow.id }] });
    await client.invalidateQueries({ queryKey: ['flow', flow.namespace, flow.id] });
    tell(isDisabled ? 'The flow is disabled' : 'The flow is enabled');
  } catch (error) {
    tellFailure('Nothing was changed', error);
  }
}

export function FlowActions({ flow, onExecute }: { flow: Flow; onExecute?: () => void }) {
  const navigate = useNavigate();
  const remove = () => confirm({
    title: `Delete ${flow.id}?`, effect: 'Its triggers stop and nobody can start it any more. Its executions and revisions stay.',
    action: 'Delete the flow', isDangerous: true,
    run: async () => {
      await ask(`${MAIN}/flows/${flow.namespace}/${flow.id}`, { method: 'DELETE' });
      await navigate({ to: '/main/flows', ignoreBlocker: true });
      await client.invalidateQueries({ queryKey: ['flows'] });
    },
  });
  return (
    <>
      <Menu>
        <Menu.Target><ActionIcon variant="default" size={30} aria-label="More actions"><Icon name="dots" /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="copy" />} onClick={() => void navigate({ to: '/main/flows/new', search: { copyOf: `${flow.namespace}/${flow.id}` } })}>Copy</Menu.Item>
          <Menu.Item leftSection={<Icon name="download" />} onClick={() => download(`${flow.namespace}.${flow.id}.yml`, flow.source ?? '')}>Export as YAML</Menu.Item>
          <Menu.Item leftSection={<Icon name={flow.disabled ? 'play' : 'pause'} />} onClick={() => void setDisabled(flow, !flow.disabled)}>{flow.disabled ? 'Enable' : 'Disable'}</Menu.Item>
          <Menu.Divider />
          <Menu.Item c="var(--failed)" leftSection={<Icon name="trash" />} onClick={remove}>Delete</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {onExecute && <Button leftSection={<Icon name="play" size={14} />} onClick={onExecute}>Execute</Button>}
    </>
  );
}
