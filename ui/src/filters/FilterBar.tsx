/** The bar above every list: free text, chips, saved filters; at its right what the list brings along. */
import { ActionIcon, Button, Menu, Popover, TextInput } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { Icon } from '@/ui/Icon';
import { ChipEditor, emptyChip } from './ChipEditor';
import { same, words, type Chip, type Field } from './filters';
import './filters.css';
import { SavedFilters } from './SavedFilters';
import type { Filters } from './useFilters';

const PATIENCE = 300;
const isText = (chip: Chip) => chip.field === 'q';

function FreeText({ filters, placeholder }: { filters: Filters; placeholder: string }) {
  const present = filters.chips.find(isText)?.value ?? '';
  const [text, setText] = useState(present);
  const [shown, setShown] = useState(present);
  if (shown !== present) {
    setShown(present);
    setText(present);
  }
  useEffect(() => {
    if (text === present) return;
    const timer = setTimeout(() => {
      const rest = filters.chips.filter((chip) => !isText(chip));
      filters.set(text ? [...rest, { field: 'q', operator: 'EQUALS', value: text }] : rest, { replace: true });
    }, PATIENCE);
    return () => clearTimeout(timer);
  }, [text, present, filters]);
  return (
    <TextInput data-filter w={240} placeholder={placeholder} aria-label={placeholder} value={text} autoComplete="off"
      leftSection={<Icon name="search" size={14} />} onChange={(event) => setText(event.currentTarget.value)} />
  );
}

function ChipPill({ chip, field, onChange, onRemove }: {
  chip: Chip; field: Field | undefined; onChange: (chip: Chip) => void; onRemove: () => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const text = words(chip, field);
  return (
    <span className="chip">
      <Popover opened={isOpen} onChange={setOpen} trapFocus returnFocus position="bottom-start" shadow="md">
        <Popover.Target>
          <button type="button" className="chip-text" disabled={!field} onClick={() => setOpen(!isOpen)} title="Change this filter">{text}</button>
        </Popover.Target>
        <Popover.Dropdown aria-label={`Change: ${text}`}>
          {field && <ChipEditor field={field} start={chip} onDone={(next) => {
            setOpen(false);
            if (next) onChange(next);
          }} />}
        </Popover.Dropdown>
      </Popover>
      <button type="button" className="chip-x" aria-label={`Remove: ${text}`} onClick={onRemove}><Icon name="cross" size={12} /></button>
    </span>
  );
}

function AddFilter({ fields, onAdd }: { fields: readonly Field[]; onAdd: (chip: Chip) => void }) {
  const [field, setField] = useState<Field>();
  return (
    <Popover withRoles={false} opened={field !== undefined} onChange={(isOpen) => !isOpen && setField(undefined)} trapFocus returnFocus position="bottom-start" shadow="md">
      <Popover.Target>
        <span>
          <Menu position="bottom-start" returnFocus>
            <Menu.Target><Button variant="default" leftSection={<Icon name="filter" size={14} />}>Filter</Button></Menu.Target>
            <Menu.Dropdown>
              {fields.map((one) => <Menu.Item key={one.name} onClick={() => setField(one)}>{one.label}</Menu.Item>)}
            </Menu.Dropdown>
          </Menu>
        </span>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={`Filter by ${field?.label ?? ''}`}>
        {field && <ChipEditor key={field.name} field={field} start={emptyChip(field)} onDone={(chip) => {
          setField(undefined);
          if (chip) onAdd(chip);
        }} />}
      </Popover.Dropdown>
    </Popover>
  );
}

export function FilterBar({ list, fields, filters, placeholder = 'Search', onRefresh, children }: {
  /** Names the list: saved filters belong to it. */
  list: string;
  fields: readonly Field[];
  filters: Filters;
  placeholder?: string;
  onRefresh?: () => void;
  children?: ReactNode;
}) {
  const { chips } = filters;
  const shown = chips.filter((chip) => !isText(chip));
  return (
    <div className="bar" role="search" aria-label="Filters">
      <FreeText filters={filters} placeholder={placeholder} />
      {shown.map((chip) => (
        <ChipPill key={JSON.stringify(chip)} chip={chip} field={fields.find((one) => one.name === chip.field)}
          onChange={(next) => filters.set(chips.map((one) => (same(one, chip) ? next : one)))}
          onRemove={() => filters.set(chips.filter((one) => !same(one, chip)))} />
      ))}
      <AddFilter fields={fields} onAdd={(chip) => filters.set([...chips.filter((one) => !same(one, chip)), chip])} />
      {chips.length > 0 && <Button variant="subtle" onClick={() => filters.set([])}>Clear</Button>}
      <SavedFilters list={list} chips={chips} onPick={(next) => filters.set(next)} />
      <div className="push">
        {children}
        {onRefresh && <ActionIcon variant="default" aria-label="Refresh" title="Refresh (r)" onClick={onRefresh}><Icon name="rewind" size={14} /></ActionIcon>}
      </div>
    </div>
  );
}
