import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import { present } from './keys';
import { CONTROL } from './Sidebar';

const EVERYWHERE = [
  { keys: `${CONTROL} K`, label: 'Search and commands' },
  { keys: `${CONTROL} S`, label: 'Save the flow (in the editor)' },
  { keys: `${CONTROL} E`, label: 'Execute the flow (in the editor)' },
  { keys: `${CONTROL} Enter`, label: 'Confirm a form' },
  { keys: `${CONTROL} Space`, label: 'Complete (in the editor)' },
  { keys: 'Esc', label: 'Close what is open; in the editor, then Tab leaves it' },
];

function Keys({ text }: { text: string }) {
  return text.split(' ').map((key, index) => (
    <Fragment key={`${key}${index}`}>{index > 0 && ' '}<Kbd>{key}</Kbd></Fragment>
  ));
}

export function KeyboardHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size="md">
      <dl className="facts keys">
        {opened && [...EVERYWHERE, ...present()].map(({ keys, label }) => (
          <Fragment key={keys}><dt><Keys text={keys} /></dt><dd>{label}</dd></Fragment>
        ))}
      </dl>
    </Modal>
  );
}
