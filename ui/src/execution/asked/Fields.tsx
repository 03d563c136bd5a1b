/** One control for each input, fitting its type; what the server says of a value stands below it. */
import { Checkbox, NumberInput, PasswordInput, Radio, Select, Switch, TextInput, Textarea, Group, Stack } from '@mantine/core';
import { Suspense, lazy } from 'react';
import type { CheckedInput, Input } from '@/api/types';
import { duration, parseDuration } from '@/format/time';
import { fromLocal, listIn, toLocal, type Value, type Values } from './values';

const Markdown = lazy(() => import('@/ui/Markdown'));

interface FieldProps {
  input: Input;
  value: Value;
  error?: string;
  onChange: (value: Value) => void;
}

const optionsOf = (input: Input): string[] => (input.values ?? input.options ?? []).map(String);

function Choice({ input, value, error, onChange }: FieldProps) {
  const shared = { label: input.displayName ?? input.id, error, required: input.required !== false };
  const text = typeof value === 'string' ? value : '';
  const options = [...new Set([...optionsOf(input), ...(input.allowCustomValue && text ? [text] : [])])];
  if (input.isRadio) {
    return (
      <Radio.Group {...shared} value={text} onChange={onChange}>
        <Stack gap={6} mt={4}>{options.map((one) => <Radio key={one} value={one} label={one} />)}</Stack>
      </Radio.Group>
    );
  }
  return (
    <Select {...shared} data={options} value={text || null} searchable clearable={input.required === false}
      onSearchChange={(typed) => input.allowCustomValue && typed && typed !== text && onChange(typed)} onChange={(next) => onChange(next ?? undefined)} />
  );
}

function Choices({ input, value, error, onChange }: FieldProps) {
  return (
    <Checkbox.Group label={input.displayName ?? input.id} error={error} required={input.required !== false} value={listIn(value)}
      onChange={(chosen) => onChange(chosen.length ? JSON.stringify(chosen) : undefined)}>
      <Stack gap={6} mt={4}>{optionsOf(input).map((one) => <Checkbox key={one} value={one} label={one} />)}</Stack>
    </Checkbox.Group>
  );
}

function Upload({ input, value, error, onChange }: FieldProps) {
  const kept = typeof value === 'string' ? value : undefined;
  return (
    <TextInput type="file" label={input.displayName ?? input.id} error={error} required={input.required !== false && !kept}
      description={kept && `Kept unless you choose another: ${kept.split('/').at(-1) ?? kept}`}
      onChange={(event) => onChange(event.currentTarget.files?.[0] ?? kept)} />
  );
}

function Field(props: FieldProps) {
  const { input, value, error, onChange } = props;
  const text = typeof value === 'string' ? value : '';
  const shared = { label: input.displayName ?? input.id, error, required: input.required !== false };
  const typed = { ...shared, value: text, onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value) };
  switch (input.type) {
    case 'SELECT': case 'ENUM': return <Choice {...props} />;
    case 'MULTISELECT': return <Choices {...props} />;
    case 'FILE': return <Upload {...props} />;
    case 'BOOL': return <Switch label={shared.label} error={error} checked={text === 'true'} onChange={(event) => onChange(String(event.currentTarget.checked))} />;
    case 'BOOLEAN': return (
      <Radio.Group {...shared} value={text} onChange={onChange}>
        <Group gap="md" mt={4}>
          <Radio value="true" label="true" /><Radio value="false" label="false" />
          {input.required === false && <Radio value="" label="not set" />}
        </Group>
      </Radio.Group>
    );
    case 'INT': case 'FLOAT': return (
      <NumberInput {...shared} value={text} allowDecimal={input.type === 'FLOAT'} min={input.min === undefined ? undefined : Number(input.min)}
        max={input.max === undefined ? undefined : Number(input.max)} clampBehavior="none" onChange={(next) => onChange(String(next))} />
    );
    case 'DATETIME': return <TextInput {...shared} type="datetime-local" step={1} value={toLocal(value)} onChange={(event) => onChange(fromLocal(event.currentTarget.value))} />;
    case 'DATE': return <TextInput {...typed} type="date" />;
    case 'TIME': return <TextInput {...typed} type="time" step={1} />;
    case 'DURATION': {
      const read = parseDuration(text);
      return <TextInput {...typed} placeholder="PT1H30M" description={read === undefined ? undefined : `= ${duration(read)}`} />;
    }
    case 'SECRET': return <PasswordInput {...typed} autoComplete="off" />;
    case 'JSON': case 'YAML': case 'ARRAY': return <Textarea {...typed} autosize minRows={3} maxRows={12} styles={{ input: { fontFamily: 'var(--mono)' } }} />;
    default: return text.includes('\n') ? <Textarea {...typed} autosize minRows={2} maxRows={12} /> : <TextInput {...typed} autoComplete="off" />;
  }
}

export function Fields({ inputs, checked, values, touched, onChange }: {
  inputs: readonly Input[]; checked?: readonly CheckedInput[]; values: Values; touched: ReadonlySet<string>; onChange: (id: string, value: Value) => void;
}) {
  const told = new Map((checked ?? []).map((one) => [one.input.id, one]));
  return (
    <Stack gap="sm">
      {inputs.map((declared) => {
        const state = told.get(declared.id);
        if (state && !state.enabled) return null;
        const input = state?.input ?? declared;
        const error = touched.has(declared.id) ? state?.errors?.map((one) => one.message).join('\n') || undefined : undefined;
        return (
          <div key={declared.id}>
            <Field input={input} value={values[declared.id]} error={error} onChange={(value) => onChange(declared.id, value)} />
            {input.description && <Suspense><div className="quiet"><Markdown text={input.description} /></div></Suspense>}
          </div>
        );
      })}
    </Stack>
  );
}
