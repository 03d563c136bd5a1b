/** Starting a flow by hand: its inputs as the server sees them, labels, a date, and the same as a command. */
import { ActionIcon, Alert, Button, Group, Menu, Modal, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { ApiError, MAIN, ask } from '@/api/client';
import type { CheckedInputs, Execution, Label } from '@/api/types';
import { CONTROL } from '@/app/Sidebar';
import { client } from '@/app/client';
import { Icon } from '@/ui/Icon';
import { Failed, Loading } from '@/ui/Notes';
import { tell, tellFailure } from '@/ui/notify';
import { InputField } from './InputField';
import { recall, remember } from './remembered';
import { addressOf, asCommand, asCurl, asPython, formOf, isGoodLabel, type Start, type Values } from './request';
import './execute.css';

const PAUSE = 300;

const check = (namespace: string, id: string, values: Values, signal?: AbortSignal) =>
  ask<CheckedInputs>(`${MAIN}/executions/${namespace}/${id}/validate`, { method: 'POST', form: formOf(values), signal });

const nameOf = (value: string | File): string => (value instanceof File ? `${value.name} ${value.size} ${value.lastModified}` : value);
const keyOf = (namespace: string, id: string, values: Values) =>
  ['inputs', namespace, id, Object.entries(values).map(([name, value]) => [name, nameOf(value)])];

/** Asks the server what becomes of the inputs: which are there, their options, defaults and faults. */
function useChecked(namespace: string, id: string, values: Values) {
  const [calm] = useDebouncedValue(values, PAUSE);
  return useQuery({
    queryKey: keyOf(namespace, id, calm),
    queryFn: ({ signal }) => check(namespace, id, calm, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

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
      const fields = error instanceof ApiError ? error.fields.map((field) => field.message) : [];
      setRefusal([error instanceof Error ? error.message : String(error), ...fields].join('\n'));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, refusal, run };
}

function Form({ namespace, id, prefill, onClose }: Props) {
  const [values, setValues] = useState<Values>(prefill ?? {});
  const [labels, setLabels] = useState<Label[]>([]);
  const [scheduleDate, setScheduleDate] = useState('');
  const [isTried, setTried] = useState(false);
  const [round, setRound] = useState(0);
  const { data, error, isFetching, refetch } = useChecked(namespace, id, values);
  const start = useStart(namespace, id);
  const inputs = useMemo(() => (data?.inputs ?? []).map((one) => one.input), [data]);
  const last = useMemo(() => recall(namespace, id, inputs), [namespace, id, inputs]);
  const form = useRef<HTMLFormElement>(null);
  // The dialog opens before the server has said which inputs there are: the focus follows when they come.
  const first = data && (data.inputs.some((one) => one.enabled) ? 'input, textarea' : 'button[type=submit]');
  const isThere = first !== undefined;
  const target = useRef(first);
  useEffect(() => {
    target.current = first;
  });
  useEffect(() => {
    if (isThere) form.current?.querySelector<HTMLElement>(target.current ?? 'button[type=submit]')?.focus();
  }, [isThere]);
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;

  const shown = data.inputs.filter((one) => one.enabled);
  const wanted = Object.fromEntries(Object.entries(values).filter(([name]) => shown.some((one) => one.input.id === name)));
  const order: Start = { namespace, id, values: wanted, labels, scheduleDate };
  const set = (name: string, value: string | File | undefined) => setValues((before) => {
    const rest = Object.fromEntries(Object.entries(before).filter(([one]) => one !== name));
    return value === undefined ? rest : { ...rest, [name]: value };
  });
  // The editors of JSON and YAML keep their text to themselves: a new round makes them anew.
  const refill = () => {
    setValues(last);
    setRound(round + 1);
  };
  /** Asks anew: what was typed last may not have been looked at yet. */
  const isAccepted = async (): Promise<boolean> => {
    try {
      const fresh = await check(namespace, id, values);
      client.setQueryData(keyOf(namespace, id, values), fresh);
      return !fresh.inputs.some((one) => one.enabled && one.errors?.length);
    } catch {
      return true; // the start itself will tell what is wrong
    }
  };
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    setTried(true);
    if (!labels.every(isGoodLabel) || !(await isAccepted())) return;
    remember(namespace, id, wanted, inputs);
    if (await start.run(order)) onClose();
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
          <div><Button variant="default" size="compact-xs" onClick={refill}>Use the values of the last time</Button></div>
        )}
        {shown.map((checked) => {
          const { id: name } = checked.input;
          const isSeen = isTried || values[name] !== undefined;
          const message = isSeen ? checked.errors?.map((one) => one.message).join('\n') : undefined;
          return <InputField key={`${name}${round}`} checked={checked} entered={values[name]} error={message || undefined} onChange={(value) => set(name, value)} />;
        })}
        <details className="more">
          <summary>Labels and date</summary>
          <Stack gap="sm" mt="xs">
            <LabelRows labels={labels} onChange={setLabels} />
            <TextInput label="Begin at" description="Empty: at once" type="datetime-local" value={scheduleDate} onChange={(event) => setScheduleDate(event.currentTarget.value)} w={240} />
          </Stack>
        </details>
        <Group justify="space-between" className="execute-foot">
          <CopyMenu start={order} />
          <Group gap="xs">
            {isFetching && <span className="only-read" role="status">Checking the inputs</span>}
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
  /** Values to begin with, for example those of an earlier execution. */
  prefill?: Record<string, string>;
  onClose: () => void;
}

export function ExecuteDialog(props: Props) {
  return (
    <Modal opened onClose={props.onClose} title={`Execute ${props.id}`} size="lg">
      <Form {...props} />
    </Modal>
  );
}
