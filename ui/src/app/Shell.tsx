/** The frame of every page: menu, command palette, keyboard map, and what concerns all pages: session, connection. */
import { Drawer, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Suspense, lazy, useEffect, useRef, useState } from 'react';
import { onSessionLost } from '@/api/client';
import { onConnection, useConnectionLost } from '@/api/connection';
import { LoginForm } from '@/login/LoginForm';
import { LostConnection } from '@/ui/Notes';
import { client } from './client';
import { onKey, useKeys } from './keys';
import { KeyboardHelp } from './KeyboardHelp';
import { Sidebar, SmallBar } from './Sidebar';

const Palette = lazy(() => import('./Palette').then((module) => ({ default: module.Palette })));

/** Ctrl/⌘-K opens the palette everywhere, also while typing. */
function usePalette() {
  const [opened, setOpened] = useState(0);
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return; // the editor's own Ctrl-K chord
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
        event.preventDefault();
        setOpened((count) => count + 1);
      }
    };
    window.addEventListener('keydown', listener);
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', listener);
      window.removeEventListener('keydown', onKey);
    };
  }, []);
  return { opened, open: () => setOpened((count) => count + 1) };
}

function useSession() {
  const [isLost, setLost] = useState(false);
  useEffect(() => onSessionLost(() => setLost(true)), []);
  const regained = () => {
    setLost(false);
    void client.invalidateQueries();
  };
  return { isLost, regained };
}

function ReLogin() {
  const { isLost, regained } = useSession();
  return (
    <Modal opened={isLost} onClose={() => undefined} withCloseButton={false} title="Your session has ended" centered>
      <p className="quiet" style={{ marginTop: 0 }}>Log in again: the page stays as it is.</p>
      <LoginForm onDone={regained} />
    </Modal>
  );
}

export function Shell() {
  const navigate = useNavigate();
  const isConnectionLost = useConnectionLost();
  const palette = usePalette();
  const [isHelpOpen, help] = useDisclosure(false);
  const [isMenuOpen, menu] = useDisclosure(false);
  const place = useRouterState({ select: (state) => state.location.pathname });
  const content = useRef<HTMLElement>(null);

  useEffect(() => onConnection(() => void client.invalidateQueries()), []);
  useEffect(() => menu.close(), [place, menu]);
  useKeys([
    { keys: 'g h', label: 'Go to home', run: () => void navigate({ to: '/main/dashboards' }) },
    { keys: 'g f', label: 'Go to flows', run: () => void navigate({ to: '/main/flows' }) },
    { keys: 'g e', label: 'Go to executions', run: () => void navigate({ to: '/main/executions' }) },
    { keys: 'g l', label: 'Go to logs', run: () => void navigate({ to: '/main/logs' }) },
    { keys: 'c', label: 'Create a flow', run: () => void navigate({ to: '/main/flows/new' }) },
    { keys: '/', label: 'Filter the list', run: () => document.querySelector<HTMLElement>('[data-filter]')?.focus() },
    { keys: 'r', label: 'Refresh', run: () => void client.invalidateQueries() },
    { keys: '?', label: 'Show the keys', run: help.toggle },
  ]);

  return (
    <div className="shell">
      <a className="skip" href="#content" onClick={(event) => {
        event.preventDefault();
        content.current?.focus();
      }}>Skip to the content</a>
      <Sidebar onSearch={palette.open} onHelp={help.open} />
      <SmallBar onMenu={menu.open} onSearch={palette.open} />
      <Drawer opened={isMenuOpen} onClose={menu.close} size={260} title="Menu" padding={0}>
        <Sidebar isInDrawer onSearch={palette.open} onHelp={help.open} />
      </Drawer>
      <div className="shell-side">
        {isConnectionLost && <LostConnection />}
        <main id="content" ref={content} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {palette.opened > 0 && <Suspense><Palette opened={palette.opened} onHelp={help.open} /></Suspense>}
      <KeyboardHelp opened={isHelpOpen} onClose={help.close} />
      <ReLogin />
    </div>
  );
}
