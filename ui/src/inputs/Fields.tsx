/** The fields of a form, those of a FORM input together; and what the checks of the flow say. */
import { Alert, Stack } from '@mantine/core';
import { Suspense, lazy } from 'react';
import type { CheckedInput } from '@/api/types';
import { InputField } from './InputField';
import './inputs.css';
import type { Inputs } from './useInputs';

const Markdown = lazy(() => import('@/ui/Markdown'));

/** A FORM with the inputs inside it, or a single input. */
interface Group {
  form?: CheckedInput;
  fields: CheckedInput[];
}

/** The server names the inputs of a form `form.input` and puts them behind it. */
export function groupsOf(shown: readonly CheckedInput[]): Group[] {
  const groups: Group[] = [];
  for (const one of shown) {
    const within = groups.find(({ form }) => form && one.input.id.startsWith(`${form.input.id}.`));
    if (within) within.fields.push(one);
    else groups.push(one.input.type === 'FORM' ? { form: one, fields: [] } : { fields: [one] });
  }
  return groups;
}

const TONES: Record<string, string> = { ERROR: 'red', WARNING: 'orange', SUCCESS: 'green' };

export function Fields({ inputs }: { inputs: Inputs }) {
  const field = (checked: CheckedInput, form?: CheckedInput) => {
    const { id, displayName } = checked.input;
    return (
      <InputField key={`${id}${inputs.round}`} checked={checked} label={displayName ?? (form ? id.slice(form.input.id.length + 1) : id)} entered={inputs.values[id]}
        error={inputs.faultOf(checked)} onChange={(value) => inputs.set(id, value)} />
    );
  };
  return (
    <Stack gap="md">
      {groupsOf(inputs.shown ?? []).map(({ form, fields }) => !form ? fields.map((one) => field(one)) : (
        <fieldset key={form.input.id} className="input-form">
          <legend>{form.input.displayName ?? form.input.id}</legend>
          {form.input.description && <Suspense><div className="quiet"><Markdown text={form.input.description} /></div></Suspense>}
          <Stack gap="sm">{fields.map((one) => field(one, form))}</Stack>
        </fieldset>
      ))}
      {inputs.checks.map(({ message, style }) => <Alert key={message} color={TONES[style] ?? 'blue'} role="status" py="xs">{message}</Alert>)}
    </Stack>
  );
}
