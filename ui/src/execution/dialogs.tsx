/** The actions that ask for more than a yes: resume with answers, replay with other inputs, a state, labels. */
import { Alert, Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput, ActionIcon } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent, type ReactNode } from 'react';
import { MAIN, ask, query } from '@/api/client';
import type { Execution, Flow, Label, StateName, TaskRun } from '@/api/types';
import { Fields } from '@/inputs/Fields';
import { refusalOf, useInputs } from '@/inputs/useInputs';
import { formOf, valuesOf } from '@/inputs/values';
import { Icon } from '@/ui/Icon';
import { Failed, Loading } from '@/ui/Notes';
import { tell } from '@/ui/notify';
import { changeState, effectOfState, setLabels } from './actions';

export type Asked = { kind: 'resume' | 'labels' } | { kind: 'replay' | 'state'; run?: TaskRun };

interface Props {
  execution: Execution;
  onClose: () => void;
  onDone: () => void;
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

function Form({ effect, action, error, onSubmit, onClose, isReady = true, children }: {
  effect: ReactNode; action: string; error?: string; onSubmit: () => Promise<void>; onClose: () => void; isReady?: boolean; children?: ReactNode;
}) {
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await onSubmit();
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        <Text size="sm">{effect}</Text>
        {children}
        {error && <Alert color="red" role="alert" style={{ whiteSpace: 'pre-wrap' }}>{error}</Alert>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button type="submit" loading={isBusy} disabled={!isReady}>{action}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function Resume({ execution, onClose, onDone }: Props) {
  const base = `${MAIN}/executions/${execution.id}/resume`;
  const inputs = useInputs(`${base}/validate`);
  const [refusal, setRefusal] = useState<string>();
  const submit = async () => {
    try {
      if (!(await inputs.areAccepted())) return;
      await ask(base, { method: 'POST', form: formOf(inputs.wanted()) });
      tell('It goes on.');
      onDone();
    } catch (failed) {
      setRefusal(refusalOf(failed));
    }
  };
  const error = refusal ?? (inputs.error ? message(inputs.error) : undefined);
  return (
    <Form effect={inputs.shown?.length ? 'It goes on with what you answer here; later tasks can read the answers.' : 'It goes on where it waits.'}
      action="Resume" error={error} onSubmit={submit} onClose={onClose} isReady={inputs.shown !== undefined || error !== undefined}>
      {inputs.shown ? <Fields inputs={inputs} /> : !error && <Loading rows={2} />}
    </Form>
  );
}

function Replay(props: Props & { run?: TaskRun }) {
  const { execution } = props;
  const { data: flow, error, refetch } = useQuery({
    queryKey: ['execution flow', execution.id],
    queryFn: ({ signal }) => ask<Flow>(`${MAIN}/executions/${execution.id}/flow`, { signal }),
  });
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  return flow ? <ReplayForm {...props} flow={flow} /> : <Loading rows={2} />;
}

function ReplayForm({ execution, run, flow, onClose }: Props & { run?: TaskRun; flow: Flow }) {
  const navigate = useNavigate();
  const path = `${MAIN}/executions/${execution.namespace}/${execution.flowId}/validate${query({ revision: execution.flowRevision })}`;
  const inputs = useInputs(path, valuesOf(flow.inputs ?? [], execution.inputs));
  const [refusal, setRefusal] = useState<string>();
  const [usesLatest, setLatest] = useState(false);
  const submit = async () => {
    try {
      // Untouched, all stays as it was, secrets too, which nobody can give back.
      if (inputs.isTouched && !(await inputs.areAccepted())) return;
      const revision = usesLatest ? (await ask<Flow>(`${MAIN}/flows/${execution.namespace}/${execution.flowId}`)).revision : undefined;
      const how = query({ taskRunId: run?.id, revision });
      const started = inputs.isTouched
        ? await ask<Execution>(`${MAIN}/executions/${execution.id}/replay-with-inputs${how}`, { method: 'POST', form: formOf(inputs.wanted()) })
        : await ask<Execution>(`${MAIN}/executions/${execution.id}/replay${how}`, { method: 'POST' });
      tell('It runs again as a new execution.');
      onClose();
      const { namespace, flowId, id } = started;
      await navigate({ to: '/main/executions/$namespace/$flowId/$id/$tab', params: { namespace, flowId, id, tab: 'gantt' } });
    } catch (failed) {
      setRefusal(refusalOf(failed));
    }
  };
  const effect = run
    ? `A new execution begins at ${run.taskId}: what ran before it is taken over with its outputs, it and all after it run again. This execution stays as it is.`
    : 'A new execution runs all tasks again. This execution stays as it is.';
  const hasSecrets = inputs.shown?.some((one) => one.input.type === 'SECRET');
  return (
    <Form effect={effect} action="Replay" error={refusal} onSubmit={submit} onClose={onClose}>
      {flow.inputs?.length ? <Fields inputs={inputs} /> : null}
      {hasSecrets && <Text size="sm" c="dimmed">Secrets stay as they were while no input is changed; change one, and they have to be entered again.</Text>}
      <Checkbox label={`Use the newest revision of the flow (this one ran revision ${execution.flowRevision})`} checked={usesLatest} onChange={(event) => setLatest(event.currentTarget.checked)} />
    </Form>
  );
}

function ChangeState({ execution, run, onClose, onDone }: Props & { run?: TaskRun }) {
  const present = run?.state.current ?? execution.state.current;
  const choices = (['SUCCESS', 'WARNING', 'FAILED', 'CANCELLED'] as const).filter((one) => one !== present);
  const [state, setState] = useState<StateName>(choices[0] ?? 'SUCCESS');
  const [error, setError] = useState<string>();
  const submit = async () => {
    try {
      await changeState(execution, state, run);
      tell('The state is changed.');
      onDone();
    } catch (failed) {
      setError(message(failed));
    }
  };
  return (
    <Form effect={effectOfState(state, run)} action={`Declare ${state}`} error={error} onSubmit={submit} onClose={onClose}>
      <Select label={`New state (now ${present})`} data={choices} value={state} allowDeselect={false}
        onChange={(next) => setState(choices.find((one) => one === next) ?? state)} />
    </Form>
  );
}

function Labels({ execution, onClose, onDone }: Props) {
  const own = (execution.labels ?? []).filter((label) => !label.key.startsWith('system.'));
  const [labels, setRows] = useState<Label[]>(own.length ? own : [{ key: '', value: '' }]);
  const [error, setError] = useState<string>();
  const put = (index: number, change: Partial<Label>) => setRows(labels.map((one, at) => (at === index ? { ...one, ...change } : one)));
  const submit = async () => {
    try {
      await setLabels(execution, labels.filter((label) => label.key.trim()));
      tell('The labels are set.');
      onDone();
    } catch (failed) {
      setError(message(failed));
    }
  };
  return (
    <Form effect="These labels take the place of the ones it has; those of the system stay." action="Set labels" error={error} onSubmit={submit} onClose={onClose}>
      {labels.map((label, index) => (
        <Group key={index} gap="xs" wrap="nowrap">
          <TextInput flex={1} aria-label={`Key ${index + 1}`} placeholder="key" value={label.key} onChange={(event) => put(index, { key: event.currentTarget.value })} />
          <TextInput flex={1} aria-label={`Value ${index + 1}`} placeholder="value" value={label.value} onChange={(event) => put(index, { value: event.currentTarget.value })} />
          <ActionIcon aria-label={`Remove label ${index + 1}`} onClick={() => setRows(labels.filter((_, at) => at !== index))}><Icon name="trash" size={14} /></ActionIcon>
        </Group>
      ))}
      <Button variant="default" style={{ alignSelf: 'start' }} leftSection={<Icon name="plus" size={14} />} onClick={() => setRows([...labels, { key: '', value: '' }])}>Label</Button>
    </Form>
  );
}

const TITLES: Record<Asked['kind'], string> = {
  resume: 'Resume this execution', replay: 'Replay', state: 'Change the state', labels: 'Labels',
};

export function Dialogs({ asked, ...props }: Props & { asked: Asked | undefined }) {
  const run = asked && 'run' in asked ? asked.run : undefined;
  const body = () => {
    switch (asked?.kind) {
      case 'resume': return <Resume {...props} />;
      case 'replay': return <Replay {...props} run={run} />;
      case 'state': return <ChangeState {...props} run={run} />;
      case 'labels': return <Labels {...props} />;
      default: return null;
    }
  };
  const title = asked && `${TITLES[asked.kind]}${run ? `: ${run.taskId}` : ''}`;
  return <Modal opened={asked !== undefined} onClose={props.onClose} title={title} size="lg" centered>{body()}</Modal>;
}
