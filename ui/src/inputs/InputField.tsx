/** One input: the control that fits its type, its description and what the server says of its value. */
import {
  Autocomplete, FileInput, Group, Input, MultiSelect, NumberInput, PasswordInput, Radio, SegmentedControl, Select, Skeleton, Switch, TagsInput, TextInput, Textarea,
} from '@mantine/core';
import { Suspense, lazy, type ReactNode } from 'react';
import type { CheckedInput } from '@/api/types';
import { defaultOf, durationWords, fromLocal, listOf, listText, optionsOf, toLocal } from './values';

const Markdown = lazy(() => import('@/ui/Markdown'));
const Value = lazy(() => import('./Value'));

interface Props {
  checked: CheckedInput;
  label: string;
  /** What was entered; absent while nothing was. */
  entered: string | File | undefined;
  error?: string;
  onChange: (value: string | File | undefined) => void;
}
interface Shared {
  label: string;
  description: ReactNode;
  error?: string;
  withAsterisk: boolean;
}

const SIMPLE = new Set(['STRING', 'INT', 'FLOAT', 'BOOL', 'BOOLEAN', 'DATE', 'DATETIME', 'TIME', 'DURATION', 'URI', 'EMAIL', 'SELECT']);
const PRESETS = ['PT1M', 'PT15M', 'PT1H', 'P1D'];
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function Truth({ shared, text, isRequired, onChange }: { shared: Shared; text: string; isRequired: boolean; onChange: (value: string | undefined) => void }) {
  const choices = [{ value: 'true', label: 'true' }, { value: 'false', label: 'false' }, ...(isRequired ? [] : [{ value: '', label: 'not set' }])];
  return (
    <Input.Wrapper {...shared} labelElement="div">
      <div><SegmentedControl aria-label={shared.label} data={choices} value={text} onChange={(value) => onChange(value || undefined)} mt={4} /></div>
    </Input.Wrapper>
  );
}

function Length({ shared, text, onChange }: { shared: Shared; text: string; onChange: (value: string) => void }) {
  const words = durationWords(text);
  return (
    <div>
      <TextInput {...shared} value={text} placeholder="PT1H30M" onChange={(event) => onChange(event.currentTarget.value)}
        rightSectionWidth={110} rightSection={words && <span className="quiet" style={{ fontSize: 12 }}>= {words}</span>} />
      <Group gap={4} mt={4}>
        {PRESETS.map((preset) => <button key={preset} type="button" className="label" onClick={() => onChange(preset)}>{durationWords(preset)}</button>)}
      </Group>
    </div>
  );
}

function Choice({ checked, shared, text, onChange }: { checked: CheckedInput; shared: Shared; text: string; onChange: (value: string | undefined) => void }) {
  const { input } = checked;
  const options = optionsOf(checked);
  if (input.isRadio) {
    return (
      <Radio.Group {...shared} value={text} onChange={onChange}>
        <Group gap="md" mt={6}>{options.map((option) => <Radio key={option} size="xs" value={option} label={option} />)}</Group>
      </Radio.Group>
    );
  }
  if (input.allowCustomValue) return <Autocomplete {...shared} size="xs" data={options} value={text} onChange={onChange} />;
  return (
    <Select {...shared} data={options} value={text || null} searchable clearable={input.required === false} nothingFoundMessage="No such option"
      onChange={(value) => onChange(value ?? undefined)} />
  );
}

function Editor({ shared, language, text, onChange }: { shared: Shared; language: 'json' | 'yaml'; text: string; onChange: (value: string) => void }) {
  return (
    <Input.Wrapper {...shared} labelElement="div">
      <Suspense fallback={<Skeleton height={90} mt={4} />}><Value language={language} label={shared.label} initial={text} onChange={onChange} /></Suspense>
    </Input.Wrapper>
  );
}

/** Which file is taken when none is chosen. */
function fileWords(entered: string | File | undefined, text: string): string {
  if (typeof entered === 'string' && entered) return `Kept unless you choose another: ${entered.split('/').at(-1) ?? entered}`;
  return text ? `Default: ${text}` : 'Choose a file';
}

export function InputField({ checked, label, entered, error, onChange }: Props) {
  const { input } = checked;
  const text = typeof entered === 'string' ? entered : entered ? '' : defaultOf(checked);
  const shared: Shared = {
    label,
    description: input.description && <Suspense><Markdown text={input.description} /></Suspense>,
    error, withAsterisk: input.required !== false,
  };
  const field = (type: string) => (
    <TextInput {...shared} type={type} value={text} step={type === 'time' ? 1 : undefined} onChange={(event) => onChange(event.currentTarget.value || undefined)} />
  );
  switch (input.type) {
    case 'INT': case 'FLOAT':
      return <NumberInput {...shared} value={text === '' ? '' : Number(text)} allowDecimal={input.type === 'FLOAT'}
        onChange={(value) => onChange(value === '' ? undefined : String(value))} />;
    case 'BOOL':
      // Without a default a switch that is off could mean no or nothing at all.
      if (text !== '') return <Switch label={label} description={shared.description} error={error} checked={text === 'true'} onChange={(event) => onChange(String(event.currentTarget.checked))} />;
      return <Truth shared={shared} text={text} isRequired={input.required !== false} onChange={onChange} />;
    case 'BOOLEAN': return <Truth shared={shared} text={text} isRequired={input.required !== false} onChange={onChange} />;
    case 'DATETIME':
      return <TextInput {...shared} type="datetime-local" step={1} value={toLocal(text)} rightSectionWidth={110}
        rightSection={<span className="quiet" style={{ fontSize: 12 }}>{zone}</span>} onChange={(event) => onChange(fromLocal(event.currentTarget.value) || undefined)} />;
    case 'DATE': return field('date');
    case 'TIME': return field('time');
    case 'EMAIL': return field('email');
    case 'URI': return field('url');
    case 'DURATION': return <Length shared={shared} text={text} onChange={(value) => onChange(value || undefined)} />;
    case 'SELECT': case 'ENUM': return <Choice checked={checked} shared={shared} text={text} onChange={onChange} />;
    case 'MULTISELECT':
      return input.allowCustomValue
        ? <TagsInput {...shared} size="xs" data={optionsOf(checked)} value={listOf(text)} onChange={(items) => onChange(listText(items))} />
        : <MultiSelect {...shared} size="xs" data={optionsOf(checked)} value={listOf(text)} searchable clearable onChange={(items) => onChange(listText(items))} />;
    case 'ARRAY':
      return SIMPLE.has(input.itemType ?? 'STRING')
        ? <TagsInput {...shared} size="xs" value={listOf(text)} placeholder="Type and press Enter" allowDuplicates onChange={(items) => onChange(listText(items, input.itemType))} />
        : <Editor shared={shared} language="json" text={text} onChange={onChange} />;
    case 'JSON': return <Editor shared={shared} language="json" text={text} onChange={(value) => onChange(value || undefined)} />;
    case 'YAML': return <Editor shared={shared} language="yaml" text={text} onChange={(value) => onChange(value || undefined)} />;
    case 'FILE':
      return <FileInput {...shared} size="xs" value={entered instanceof File ? entered : null} clearable placeholder={fileWords(entered, text)}
        clearButtonProps={{ 'aria-label': 'No file' }} onChange={(file) => onChange(file ?? undefined)} />;
    case 'SECRET': return <PasswordInput {...shared} value={text} autoComplete="off" onChange={(event) => onChange(event.currentTarget.value || undefined)} />;
    default:
      return <Textarea {...shared} autosize minRows={1} maxRows={10} value={text} onChange={(event) => onChange(event.currentTarget.value || (defaultOf(checked) ? '' : undefined))} />;
  }
}
