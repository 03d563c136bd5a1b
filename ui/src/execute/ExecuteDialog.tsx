/** Starting a flow by hand: its inputs as the server sees them, labels, a date, and the same as a command. */
import { ActionIcon, Alert, Button, Group, Menu, Modal, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState, type FormEvent, type KeyboardEvent, type RefObject } from 'react';
import { MAIN, ask } from '@/api/client';
import type { Execution, Label } from '@/api/types';
import { CONTROL } from '@/app/Sidebar';
import { client } from '@/app/client';
import { Fields } from '@/inputs/Fields';
import { refusalOf, useInputs } from '@/inputs/useInputs';
import { formOf } from '@/inputs/values';
import { Icon } from '@/ui/Icon';
import { Failed, Loading } from '@/ui/Notes';
import { tell, tellFailure } from '@/ui/notify';
import { recall, remember } from './remembered';
import { addressOf, asCommand, asCurl, asPython, isGoodLabel, type Start } from './request';
import './execute.css';

function LabelRows({ labels, onChange }: { labels: Label[]; onChange: (labels: Label[]) => void }) {
  const set = (index: number, change: Partial<Label>) => onChange(labels.map((label, at) => (at === index ? { ...label, ...change } : label)));
  return (
    <fieldset className="label-rows">
      <legend>Labels</legend>
      {labels.map((label, index) => (
        <Group key={index} gap="xs" mb={4} wrap="nowrap">
          <TextInput aria-label={`Key of label ${index + 1}`} placeholder="key" value={label.key} error={!isGoodLabel(label)} onChange={(event) => set(index, { key: event.currentTarget.value })} />
          <TextInput aria-label={`Value of label ${index + 1}`} placeholder="value" value={label.value} error={!isGoodLabel(label)} onChange={(event) => set(index, { value: event.currentTarget.value })} />
          <ActionIcon aria-label={`Remove label ${index + 1}`} onClick={() => onChange(labels.filter((_, at) => at !== index))}><Icon name="cross" size={13} /></ActionIcon>
        </Group>
      ))}
      <Button variant="default" size="compact-xs" leftSection={<Icon name="plus" size={12} />} onClick={() => onChange([...labels, { key: '', value: '' }])}>Label</Button>
    </fieldset>
  );
}

const COPIES = [{ name: 'curl', write: asCurl }, { name: 'Python', write: asPython }, { name: 'command line', write: asCommand }];

function CopyMenu({ start }: { start: Start }) {
  const copy = async (name: string, text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      tell(`Copied for ${name}`);
    } catch (error) {
      tellFailure('The browser did not allow copying', error);
    }
  };
  return (
    <Menu position="top-start">
      <Menu.Target><Button variant="subtle" leftSection={<Icon name="copy" size={14} />}>Copy as…</Button></Menu.Target>
      <Menu.Dropdown>
        {COPIES.map(({ name, write }) => <Menu.Item key={name} onClick={() => void copy(name, write(start, location.origin))}>{name}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}

function useStart(namespace: string, id: string) {
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const run = async (start: Start) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const made = await ask<Execution>(addressOf(start), { method: 'POST', form: formOf(start.values) });
      void client.invalidateQueries({ queryKey: ['executions'] });
      await navigate({ to: '/main/executions/$namespace/$flowId/$id/$tab', params: { namespace, flowId: id, id: made.id, tab: 'gantt' } });
      return true;
    } catch (error) {
      setRefusal(refusalOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, refusal, run };
}

/** The dialog opens before the server has said which inputs there are: the focus follows when they come. */
function useFirstFocus(form: RefObject<HTMLFormElement | null>, first: string | undefined) {
  const target = useRef(first);
  useEffect(() => {
    target.current = first;
  });
  const isThere = first !== undefined;
  useEffect(() => {
    if (isThere) form.current?.querySelector<HTMLElement>(target.current ?? 'button[type=submit]')?.focus();
  }, [isThere, form]);
}

function Form({ namespace, id, onClose }: Props) {
  const inputs = useInputs(`${MAIN}/executions/${namespace}/${id}/validate`);
  const [labels, setLabels] = useState<Label[]>([]);
  const [scheduleDate, setScheduleDate] = useState('');
  const start = useStart(namespace, id);
  const { shown, values, error } = inputs;
  const declared = useMemo(() => (shown ?? []).map((one) => one.input), [shown]);
  const last = useMemo(() => recall(namespace, id, declared), [namespace, id, declared]);
  const form = useRef<HTMLFormElement>(null);
  useFirstFocus(form, shown && (shown.length ? 'input, textarea' : 'button[type=submit]'));
  if (error) return <Failed error={error} onRetry={inputs.retry} />;
  if (!shown) return <Loading />;

  const order = (): Start => ({ namespace, id, values: inputs.wanted(), labels, scheduleDate });
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!(await inputs.areAccepted()) || !labels.every(isGoodLabel)) return;
    remember(namespace, id, inputs.wanted(), declared);
    if (await start.run(order())) onClose();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Ctrl-Enter sends the form from any of its fields
    <form ref={form} onSubmit={(event) => void submit(event)} onKeyDown={keys} noValidate>
      <Stack gap="md">
        {start.refusal && <Alert color="red" role="alert" title="The flow was not started" style={{ whiteSpace: 'pre-wrap' }}>{start.refusal}</Alert>}
        {shown.length === 0 && <p className="quiet" style={{ margin: 0 }}>This flow has no inputs.</p>}
        {Object.keys(last).length > 0 && Object.keys(values).length === 0 && (
          <div><Button variant="default" size="compact-xs" onClick={() => inputs.replace(last)}>Use the values of the last time</Button></div>
        )}
        <Fields inputs={inputs} />
        <details className="more">
          <summary>Labels and date</summary>
          <Stack gap="sm" mt="xs">
            <LabelRows labels={labels} onChange={setLabels} />
            <TextInput label="Begin at" description="Empty: at once" type="datetime-local" value={scheduleDate} onChange={(event) => setScheduleDate(event.currentTarget.value)} w={240} />
          </Stack>
        </details>
        <Group justify="space-between" className="execute-foot">
          <CopyMenu start={order()} />
          <Group gap="xs">
            {inputs.isChecking && <span className="only-read" role="status">Checking the inputs</span>}
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit" loading={start.isBusy} title={`${CONTROL} Enter`} leftSection={<Icon name="play" size={14} />}>Execute</Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

interface Props {
  namespace: string;
  id: string;
  onClose: () => void;
}

export function ExecuteDialog(props: Props) {
  return (
    <Modal opened onClose={props.onClose} title={`Execute ${props.id}`} size="lg">
      <Form {...props} />
    </Modal>
  );
}
