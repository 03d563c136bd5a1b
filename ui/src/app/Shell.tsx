/** The frame of every page: menu, command palette, keyboard map, and what concerns all pages: session, connection. */
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Suspense, lazy, useEffect, useRef, useState } from 'react';
import { onSessionLost } from '@/api/client';
import { onConnection, useConnectionLost } from '@/api/connection';
import { LostConnection } from '@/ui/Notes';
import { client } from './client';
import { onKey, useKeys } from './keys';
import { Sidebar, SmallBar } from './Sidebar';

// What most visits never show is no part of the first load.
const Palette = lazy(() => import('./Palette').then((module) => ({ default: module.Palette })));
const SmallMenu = lazy(() => import('./SmallMenu').then((module) => ({ default: module.SmallMenu })));
const KeyboardHelp = lazy(() => import('./KeyboardHelp').then((module) => ({ default: module.KeyboardHelp })));
const ReLogin = lazy(() => import('./ReLogin').then((module) => ({ default: module.ReLogin })));

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

export function Shell() {
  const navigate = useNavigate();
  const isConnectionLost = useConnectionLost();
  const palette = usePalette();
  const session = useSession();
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
      <div className="shell-side">
        {isConnectionLost && <LostConnection />}
        <main id="content" ref={content} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense>
        {palette.opened > 0 && <Palette opened={palette.opened} onHelp={help.open} />}
        {isMenuOpen && <SmallMenu onClose={menu.close} onSearch={palette.open} onHelp={help.open} />}
        {isHelpOpen && <KeyboardHelp opened onClose={help.close} />}
        {session.isLost && <ReLogin onDone={session.regained} />}
      </Suspense>
    </div>
  );
}
