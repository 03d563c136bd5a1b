/** The executions before and after this one, in the list somebody came from. */
import { ActionIcon } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useKeys } from '@/app/keys';
import { listed } from '@/executions/listed';
import { Icon } from '@/ui/Icon';

export function Neighbours({ id, tab }: { id: string; tab: string }) {
  const navigate = useNavigate();
  const { before, after } = listed.around(id);
  const go = (place: typeof before) => place
    && void navigate({ to: '/main/executions/$namespace/$flowId/$id/$tab', params: { ...place, tab } });
  useKeys(before || after ? [
    { keys: '[', label: 'Previous execution of the list', run: () => go(before) },
    { keys: ']', label: 'Next execution of the list', run: () => go(after) },
  ] : []);
  if (!before && !after) return null;
  return (
    <>
      <ActionIcon variant="default" aria-label="Previous execution" title="Previous in the list ([)" disabled={!before} onClick={() => go(before)}><span style={{ transform: 'rotate(180deg)', display: 'flex' }}><Icon name="right" size={14} /></span></ActionIcon>
      <ActionIcon variant="default" aria-label="Next execution" title="Next in the list (])" disabled={!after} onClick={() => go(after)}><Icon name="right" size={14} /></ActionIcon>
    </>
  );
}
