/** The small form behind a chip. */
import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { namespaces } from '@/api/queries';
import { STATES } from '@/api/types';
import { StateBadge } from '@/ui/State';
import { OPERATORS, RANGES, type Chip, type Field } from './filters';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

interface Part {
  chip: Chip;
  onChange: (chip: Chip) => void;
}

function States({ chip, onChange }: Part) {
  const chosen = chip.value.split(',').filter(Boolean);
  return (
    <Checkbox.Group label="State" value={chosen} onChange={(next) => onChange({ ...chip, value: next.join(',') })}>
      <div style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 8, marginTop: 8 }}>
        {STATES.map((state) => <Checkbox key={state} value={state} label={<StateBadge state={state} />} />)}
      </div>
    </Checkbox.Group>
  );
}

function Namespace({ chip, onChange }: Part) {
  const { data = [] } = useQuery(namespaces());
  const known = data.flatMap((name) => name.split('.').map((_, index, parts) => parts.slice(0, index + 1).join('.')));
  const choices = [...new Set([...known, ...(chip.value ? [chip.value] : [])])].sort();
  if (!['PREFIX', 'EQUALS', 'NOT_EQUALS'].includes(chip.operator)) return <Text chip={chip} onChange={onChange} />;
  return (
    <Select label="Namespace" data={choices} value={chip.value || null} searchable data-autofocus
      comboboxProps={{ withinPortal: false }} onChange={(value) => onChange({ ...chip, value: value ?? '' })} />
  );
}

function Text({ chip, onChange }: Part) {
  return (
    <TextInput label="Value" value={chip.value} data-autofocus autoComplete="off"
      onChange={(event) => onChange({ ...chip, value: event.currentTarget.value })} />
  );
}

function Moment({ chip, onChange }: Part) {
  const at = new Date(chip.value);
  const local = Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  return (
    <TextInput type="datetime-local" label="Moment" value={local} data-autofocus onChange={(event) => {
      const { value } = event.currentTarget;
      onChange({ ...chip, value: value ? new Date(value).toISOString() : '' });
    }} />
  );
}

function LabelParts({ chip, onChange }: Part) {
  return (
    <>
      <TextInput label="Key" value={chip.key ?? ''} data-autofocus autoComplete="off"
        onChange={(event) => onChange({ ...chip, key: event.currentTarget.value })} />
      <Text chip={chip} onChange={onChange} />
    </>
  );
}

function Choice({ chip, onChange, field }: Part & { field: Field }) {
  const known = field.kind === 'range' ? RANGES.map((one) => ({ ...one, label: `the last ${one.label}` })) : field.choices;
  const data = field.kind === 'level' ? LEVELS : [...(known ?? [])];
  return (
    <Select label={field.label} data={data} value={chip.value || null} allowDeselect={false} data-autofocus
      comboboxProps={{ withinPortal: false }} onChange={(value) => onChange({ ...chip, value: value ?? '' })} />
  );
}

function ValueOf({ field, ...part }: Part & { field: Field }) {
  switch (field.kind) {
    case 'states': return <States {...part} />;
    case 'namespace': return <Namespace {...part} />;
    case 'labels': return <LabelParts {...part} />;
    case 'text': return <Text {...part} />;
    case 'date': return <Moment {...part} />;
    default: return <Choice field={field} {...part} />;
  }
}

export const isWhole = (chip: Chip, field: Field): boolean => chip.value !== '' && (field.kind !== 'labels' || Boolean(chip.key));

export const emptyChip = (field: Field): Chip => ({
  field: field.name, operator: field.operators[0] ?? 'EQUALS', value: '', ...(field.kind === 'labels' ? { key: '' } : {}),
});

export function ChipEditor({ field, start, onDone }: { field: Field; start: Chip; onDone: (chip: Chip | null) => void }) {
  const [chip, setChip] = useState(start);
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      if (isWhole(chip, field)) onDone(chip);
    }}>
      <Stack gap="xs" w={field.kind === 'states' ? 320 : 260}>
        {field.operators.length > 1 && (
          <Select label="How" data={field.operators.map((value) => ({ value, label: OPERATORS[value] ?? value }))}
            value={chip.operator} allowDeselect={false} comboboxProps={{ withinPortal: false }}
            onChange={(operator) => operator && setChip({ ...chip, operator })} />
        )}
        <ValueOf field={field} chip={chip} onChange={setChip} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => onDone(null)}>Cancel</Button>
          <Button type="submit" disabled={!isWhole(chip, field)}>Apply</Button>
        </Group>
      </Stack>
    </form>
  );
}
