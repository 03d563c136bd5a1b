/** The main menu of a narrow screen. */
import { Drawer } from '@mantine/core';
import { Sidebar } from './Sidebar';

export function SmallMenu({ onClose, onSearch, onHelp }: { onClose: () => void; onSearch: () => void; onHelp: () => void }) {
  return (
    <Drawer opened onClose={onClose} size={260} title="Menu" padding={0}>
      <Sidebar isInDrawer onSearch={onSearch} onHelp={onHelp} />
    </Drawer>
  );
}
