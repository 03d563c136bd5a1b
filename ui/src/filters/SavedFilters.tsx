/** Filters somebody wants again, by name. */
import { ActionIcon, Button, Popover, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '@/ui/Icon';
import { same, type Chip } from './filters';
import { usePreference } from './preferences';

interface Saved {
  name: string;
  chips: Chip[];
}

const isSame = (one: readonly Chip[], other: readonly Chip[]) =>
  one.length === other.length && one.every((chip) => other.some((that) => same(chip, that)));

export function SavedFilters({ list, chips, onPick }: { list: string; chips: readonly Chip[]; onPick: (chips: Chip[]) => void }) {
  const [saved, setSaved] = usePreference<Saved[]>(`filters.${list}`, []);
  const [name, setName] = useState('');
  const present = saved.find((one) => isSame(one.chips, chips));
  const save = () => {
    setSaved([...saved.filter((one) => one.name !== name.trim()), { name: name.trim(), chips: [...chips] }]);
    setName('');
  };
  return (
    <Popover width={280} position="bottom-start" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<Icon name="save" size={14} />}>{present?.name ?? 'Saved filters'}</Button>
      </Popover.Target>
      <Popover.Dropdown p={4}>
        {saved.length === 0 && <p className="quiet" style={{ margin: 8, fontSize: 13 }}>No filters are saved yet</p>}
        {saved.map((one) => (
          <div key={one.name} style={{ display: 'flex' }}>
            <Button variant="subtle" color="gray" c="var(--text)" flex={1} justify="space-between" onClick={() => onPick(one.chips)} rightSection={one === present && <Icon name="check" size={14} />}>{one.name}</Button>
            <ActionIcon aria-label={`Forget the filter ${one.name}`} mt={3} onClick={() => setSaved(saved.filter((that) => that !== one))}>
              <Icon name="trash" size={14} />
            </ActionIcon>
          </div>
        ))}
        {chips.length > 0 && !present && (
          <form style={{ display: 'flex', gap: 6, padding: 8 }} onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) save();
          }}>
            <TextInput placeholder="Name these filters" aria-label="Name of the filters" value={name} flex={1} maxLength={60}
              onChange={(event) => setName(event.currentTarget.value)} onKeyDown={(event) => event.stopPropagation()} />
            <Button type="submit" disabled={!name.trim()}>Save</Button>
          </form>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
