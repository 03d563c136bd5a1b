import { Button, Group, Modal, Text } from '@mantine/core';
import type { Flow } from '@/api/types';
import { DiffView } from './DiffView';

/** Somebody else saved while this text was edited: shows the difference, and asks which shall count. */
export function Conflict({ theirs, mine, onClose, onOverwrite, onTake }: {
  theirs: Flow; mine: string; onClose: () => void; onOverwrite: () => void; onTake: () => void;
}) {
  return (
    <Modal opened onClose={onClose} size="xl" title="Somebody else saved this flow meanwhile">
      <Text size="sm" mb="sm">
        The server has revision {theirs.revision}. Lines with − are theirs, lines with + are yours. Saving yours makes a new
        revision; theirs stays among the revisions.
      </Text>
      <DiffView before={theirs.source ?? ''} after={mine} label="Differences between their text and yours" />
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose}>Keep editing</Button>
        <Button variant="default" onClick={onTake}>Take theirs</Button>
        <Button onClick={onOverwrite}>Save mine over it</Button>
      </Group>
    </Modal>
  );
}
