/** What can be done to several executions at once: those selected, or all that pass the filters. */
import { Button, Menu, Modal, Select, TextInput, Group, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { MAIN, ask, query } from '@/api/client';
import { confirm } from '@/ui/confirm';
import { Icon } from '@/ui/Icon';
import { tell } from '@/ui/notify';

interface Target {
  ids: readonly string[];
  /** All that pass the filters, also those that are not loaded. */
  isAll: boolean;
  /** `?filters…` or nothing. */
  filters: string;
  total: number;
}
interface Act {
  name: string;
  title: string;
  effect: string;
  method?: string;
  isDangerous?: boolean;
  options?: { id: string; label: string; isOn: boolean }[];
}

const ACTS: Act[] = [
  { name: 'restart', title: 'Restart', effect: 'Those that failed go on at what failed; the others stay as they are.' },
  { name: 'replay', title: 'Replay', effect: 'Each runs again as a new execution.', options: [{ id: 'latestRevision', label: 'Use the newest revision of each flow', isOn: false }] },
  { name: 'kill', title: 'Kill', effect: 'Those under way are stopped, with the tasks that run in them.', method: 'DELETE', isDangerous: true },
  { name: 'pause', title: 'Pause', effect: 'No new task starts in them until they are resumed.' },
  { name: 'resume', title: 'Resume', effect: 'Those that wait go on, without answers to what they ask.' },
  { name: 'unqueue', title: 'Take out of the queue', effect: 'Those that wait in line begin now, above the limit of their flow.' },
  { name: 'force-run', title: 'Force to run', effect: 'Those that wait begin now, whatever they wait for.' },
];
const REMOVE: Act = {
  name: '', title: 'Delete', effect: 'They are forgotten for good. There is no way back.', method: 'DELETE', isDangerous: true,
  options: [
    { id: 'includeNonTerminated', label: 'Those that still run too', isOn: false }, { id: 'deleteLogs', label: 'Their logs', isOn: true },
    { id: 'deleteMetrics', label: 'Their metrics', isOn: true }, { id: 'deleteStorage', label: 'The files they stored', isOn: true },
  ],
};

function send({ ids, isAll, filters }: Target, name: string, method: string, extra: Record<string, string | boolean>): Promise<{ count: number }> {
  const folder = `${MAIN}/executions${name ? `/${name}` : ''}`;
  const more = query(extra);
  if (!isAll) return ask(`${folder}/by-ids${more}`, { method, json: ids });
  return ask(`${folder}/by-query${filters}${filters ? more.replace('?', '&') : more}`, { method });
}

function Labels({ target, onDone }: { target: Target; onDone: () => void }) {
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const labels = [{ key, value }];
    const sent = target.isAll
      ? ask<{ count: number }>(`${MAIN}/executions/labels/by-query${target.filters}`, { method: 'POST', json: labels })
      : ask<{ count: number }>(`${MAIN}/executions/labels/by-ids`, { method: 'POST', json: { executionsId: target.ids, executionLabels: labels } });
    sent.then(({ count }) => {
      tell(`${count} executions are labelled.`);
      onDone();
    }).catch((failed: unknown) => setError(failed instanceof Error ? failed.message : String(failed)));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">The label is added to those that have ended; their other labels stay.</Text>
        <Group grow><TextInput label="Key" required value={key} onChange={(event) => setKey(event.currentTarget.value)} /><TextInput label="Value" required value={value} onChange={(event) => setValue(event.currentTarget.value)} /></Group>
        {error && <Text size="sm" c="var(--failed)" role="alert">{error}</Text>}
        <Group justify="flex-end"><Button type="submit" disabled={!key || !value}>Add the label</Button></Group>
      </Stack>
    </form>
  );
}

function ChangeState({ target, onDone }: { target: Target; onDone: () => void }) {
  const [state, setState] = useState('SUCCESS');
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(target, 'change-status', 'POST', { newStatus: state }).then(({ count }) => {
      tell(`${count} executions are ${state} now.`);
      onDone();
    }).catch((failed: unknown) => setError(failed instanceof Error ? failed.message : String(failed)));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">Those that have ended are declared {state}. No task is run.</Text>
        <Select label="New state" data={['SUCCESS', 'WARNING', 'FAILED', 'CANCELLED']} value={state} allowDeselect={false} onChange={(next) => setState(next ?? state)} />
        {error && <Text size="sm" c="var(--failed)" role="alert">{error}</Text>}
        <Group justify="flex-end"><Button type="submit">Declare {state}</Button></Group>
      </Stack>
    </form>
  );
}

export function Bulk({ target, onAll, onClear, onDone }: { target: Target; onAll: () => void; onClear: () => void; onDone: () => void }) {
  const [form, setForm] = useState<'labels' | 'state'>();
  const count = target.isAll ? target.total : target.ids.length;
  const whom = `${count} execution${count === 1 ? '' : 's'}`;
  const done = () => {
    setForm(undefined);
    onDone();
  };
  const start = (act: Act) => confirm({
    title: `${act.title}: ${whom}`, effect: act.effect, action: act.title, isDangerous: act.isDangerous, options: act.options,
    run: async (chosen) => {
      const { count: changed } = await send(target, act.name, act.method ?? 'POST', chosen);
      tell(`Done for ${changed} of ${count}.`);
      onDone();
    },
  });
  return (
    <div className="bulk" role="toolbar" aria-label="Selected executions">
      <b>{whom} selected</b>
      {!target.isAll && target.total > target.ids.length && <Button variant="subtle" onClick={onAll}>Select all {target.total} that match</Button>}
      {ACTS.slice(0, 3).map((act) => <Button key={act.name} variant="default" onClick={() => start(act)}>{act.title}</Button>)}
      <Menu>
        <Menu.Target><Button variant="default" rightSection={<Icon name="down" size={14} />}>More</Button></Menu.Target>
        <Menu.Dropdown>
          {ACTS.slice(3).map((act) => <Menu.Item key={act.name} onClick={() => start(act)}>{act.title}</Menu.Item>)}
          <Menu.Item onClick={() => setForm('state')}>Change state…</Menu.Item>
          <Menu.Item onClick={() => setForm('labels')}>Add a label…</Menu.Item>
          <Menu.Divider />
          <Menu.Item c="var(--failed)" onClick={() => start(REMOVE)}>Delete…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button variant="subtle" onClick={onClear}>Clear the selection</Button>
      <Modal opened={form !== undefined} onClose={() => setForm(undefined)} title={`${form === 'state' ? 'Change state' : 'Add a label'}: ${whom}`} centered>
        {form === 'labels' ? <Labels target={target} onDone={done} /> : <ChangeState target={target} onDone={done} />}
      </Modal>
    </div>
  );
}
