/** Asks before something happens; the text says the effect. */
import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useState, useSyncExternalStore } from 'react';

export interface Question {
  title: string;
  effect: string;
  action: string;
  isDangerous?: boolean;
  options?: { id: string; label: string; isOn: boolean }[];
  run: (chosen: Record<string, boolean>) => Promise<unknown>;
}

let question: Question | null = null;
const listeners = new Set<() => void>();
const set = (next: Question | null) => {
  question = next;
  listeners.forEach((listener) => listener());
};
export const confirm = (next: Question): void => set(next);

function Body({ asked }: { asked: Question }) {
  const [isBusy, setBusy] = useState(false);
  const [chosen, setChosen] = useState(() => Object.fromEntries((asked.options ?? []).map((one) => [one.id, one.isOn])));
  const [error, setError] = useState<string>();
  const go = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await asked.run(chosen);
      set(null);
    } catch (failed) {
      setError(failed instanceof Error ? failed.message : String(failed));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="md">
      <Text size="sm">{asked.effect}</Text>
      {asked.options?.map((one) => (
        <Checkbox key={one.id} label={one.label} checked={chosen[one.id] ?? false}
          onChange={(event) => setChosen({ ...chosen, [one.id]: event.currentTarget.checked })} />
      ))}
      {error && <Text size="sm" c="var(--failed)" role="alert">{error}</Text>}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={() => set(null)}>Cancel</Button>
        <Button color={asked.isDangerous ? 'red' : undefined} loading={isBusy} onClick={go} data-autofocus>{asked.action}</Button>
      </Group>
    </Stack>
  );
}

export function Confirmations() {
  const asked = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => question);
  return (
    <Modal opened={asked !== null} onClose={() => set(null)} title={asked?.title} centered>
      {asked && <Body key={asked.title} asked={asked} />}
    </Modal>
  );
}
