/** Ctrl/⌘-K: go to any page, flow or execution, or do something, by typing its name. */
import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { flows } from '@/api/queries';
import { Icon, type IconName } from '@/ui/Icon';

interface Command {
  id: string;
  label: string;
  detail?: string;
  icon: IconName;
  run: () => void;
}

const ID = /^[0-9A-Za-z]{16,40}$/;

function useCommands(text: string, onHelp: () => void): Command[] {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const go = (to: '/main/dashboards' | '/main/flows' | '/main/executions' | '/main/logs' | '/main/flows/new' | '/main/welcome' | '/main/docs') =>
    () => void navigate({ to });
  const fixed: Command[] = [
    { id: 'home', label: 'Home', icon: 'home', run: go('/main/dashboards') },
    { id: 'flows', label: 'Flows', icon: 'flows', run: go('/main/flows') },
    { id: 'executions', label: 'Executions', icon: 'runs', run: go('/main/executions') },
    { id: 'logs', label: 'Logs', icon: 'logs', run: go('/main/logs') },
    { id: 'new', label: 'Create a flow', icon: 'plus', run: go('/main/flows/new') },
    { id: 'welcome', label: 'Welcome and first steps', icon: 'book', run: go('/main/welcome') },
    { id: 'docs', label: 'Documentation', icon: 'book', run: go('/main/docs') },
    { id: 'light', label: 'Light colours', icon: 'sun', run: () => setColorScheme('light') },
    { id: 'dark', label: 'Dark colours', icon: 'moon', run: () => setColorScheme('dark') },
    { id: 'auto', label: 'Colours like the system', icon: 'system', run: () => setColorScheme('auto') },
    { id: 'keys', label: 'Show the keys', icon: 'help', run: onHelp },
  ];
  const [asked] = useDebouncedValue(text.trim(), 150);
  const { data } = useQuery({ ...flows({ q: asked, size: 8 }), enabled: asked !== '' });
  const words = text.trim().toLowerCase();
  const found: Command[] = (words && data?.results ? data.results : []).flatMap(({ namespace, id }) => [
    {
      id: `${namespace}/${id}`, label: id, detail: namespace, icon: 'flows' as const,
      run: () => void navigate({ to: '/main/flows/edit/$namespace/$id/$tab', params: { namespace, id, tab: 'edit' } }),
    },
  ]);
  const byId: Command[] = ID.test(text.trim())
    ? [{ id: 'by-id', label: `Execution ${text.trim()}`, icon: 'runs', run: () => void navigate({ to: '/main/executions/$id', params: { id: text.trim() } }) }]
    : [];
  return [...byId, ...fixed.filter((one) => one.label.toLowerCase().includes(words)), ...found];
}

export function Palette({ opened, onHelp }: { opened: number; onHelp: () => void }) {
  const [text, setText] = useState('');
  const commands = useCommands(text, onHelp);
  useEffect(() => {
    if (opened) spotlight.open();
  }, [opened]);
  return (
    <Spotlight.Root query={text} onQueryChange={setText} shortcut={null} attributes={{ content: { 'aria-label': 'Search and commands' } }} clearQueryOnClose scrollable maxHeight={420}>
      <Spotlight.Search placeholder="A page, a flow, an execution id, a command" aria-label="Go to" leftSection={<Icon name="search" />} />
      <Spotlight.ActionsList>
        {commands.map(({ id, label, detail, icon, run }) => (
          <Spotlight.Action key={id} label={label} description={detail} leftSection={<Icon name={icon} />} onClick={run} />
        ))}
        {commands.length === 0 && <Spotlight.Empty>Nothing has this name.</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
