import { ActionIcon, Kbd, Menu, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { TENANT, logout } from '@/api/client';
import { configuration } from '@/api/queries';
import { Icon, type IconName } from '@/ui/Icon';
import { tellFailure } from '@/ui/notify';
import { client } from './client';
import { Logo } from './Logo';

const PLACES = [
  { to: '/main/dashboards', label: 'Home', icon: 'home' },
  { to: '/main/flows', label: 'Flows', icon: 'flows' },
  { to: '/main/executions', label: 'Executions', icon: 'runs' },
  { to: '/main/logs', label: 'Logs', icon: 'logs' },
] as const satisfies { to: string; label: string; icon: IconName }[];

const SCHEMES = [
  { value: 'light', label: 'Light', icon: 'sun' },
  { value: 'dark', label: 'Dark', icon: 'moon' },
  { value: 'auto', label: 'Like the system', icon: 'system' },
] as const;

export const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
export const CONTROL = isApple ? '⌘' : 'Ctrl';

function SchemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const present = SCHEMES.find((one) => one.value === colorScheme) ?? SCHEMES[2];
  return (
    <Menu position="top-start">
      <Menu.Target>
        <ActionIcon aria-label={`Colours: ${present.label}`}><Icon name={present.icon} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map((one) => (
          <Menu.Item key={one.value} leftSection={<Icon name={one.icon} />} onClick={() => setColorScheme(one.value)}
            rightSection={one.value === colorScheme && <Icon name="check" size={14} />}>
            {one.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Place({ to, label, icon, isNarrow }: (typeof PLACES)[number] & { isNarrow: boolean }) {
  const link = (
    <Link to={to} className="place" activeProps={{ 'data-active': true, 'aria-current': 'page' }} aria-label={label}>
      <Icon name={icon} />
      <span className="place-name">{label}</span>
    </Link>
  );
  return isNarrow ? <Tooltip label={label} position="right">{link}</Tooltip> : link;
}

function Environment() {
  const { data } = useSuspenseQuery(configuration());
  const environment = data.environment;
  if (!environment?.name) return null;
  return <div className="environment" style={{ borderColor: environment.color }}>{environment.name}</div>;
}

function useLeave() {
  const navigate = useNavigate();
  return async () => {
    try {
      await logout();
      client.clear();
      await navigate({ to: '/login' });
    } catch (error) {
      tellFailure('You are still logged in', error);
    }
  };
}

function Foot({ onHelp, children }: { onHelp: () => void; children?: ReactNode }) {
  const { data } = useSuspenseQuery(configuration());
  const leave = useLeave();
  return (
    <div className="sidebar-foot">
      <div className="sidebar-tools">
        <SchemeMenu />
        <Tooltip label="Keys (?)"><ActionIcon aria-label="Show the keys" onClick={onHelp}><Icon name="help" /></ActionIcon></Tooltip>
        <Tooltip label="Documentation">
          <ActionIcon component={Link} to="/main/docs" aria-label="Documentation"><Icon name="book" /></ActionIcon>
        </Tooltip>
        <Tooltip label="Log out"><ActionIcon aria-label="Log out" onClick={() => void leave()}><Icon name="leave" /></ActionIcon></Tooltip>
        {children}
      </div>
      <div className="quiet version" title={`Lanner ${__LANNER_VERSION__}, with the API of Kestra ${data.version}; tenant ${TENANT}`}>Lanner {__LANNER_VERSION__} · {TENANT}</div>
    </div>
  );
}

export function Sidebar({ isInDrawer = false, onSearch, onHelp }: {
  isInDrawer?: boolean; onSearch: () => void; onHelp: () => void;
}) {
  const [isFolded, setFolded] = useLocalStorage({ key: 'lanner.sidebar.folded', defaultValue: false, getInitialValueInEffect: false });
  const isNarrow = isFolded && !isInDrawer;
  return (
    <aside className="sidebar" data-narrow={isNarrow} data-drawer={isInDrawer} aria-label="Main menu">
      {!isInDrawer && <Link to="/main/dashboards" className="brand" aria-label="Lanner, home"><Logo /><span className="place-name">Lanner</span></Link>}
      <Environment />
      <UnstyledButton className="seek" onClick={onSearch} aria-label={isNarrow ? 'Go to…' : undefined}>
        <Icon name="search" />
        <span className="place-name">Go to…</span>
        <Kbd size="xs" className="place-name">{CONTROL} K</Kbd>
      </UnstyledButton>
      <nav aria-label="Pages">
        {PLACES.map((place) => <Place key={place.to} {...place} isNarrow={isNarrow} />)}
      </nav>
      <Foot onHelp={onHelp}>
        {!isInDrawer && (
          <ActionIcon aria-label={isFolded ? 'Unfold the menu' : 'Fold the menu'} aria-expanded={!isFolded} onClick={() => setFolded(!isFolded)}>
            <Icon name={isFolded ? 'unfold' : 'fold'} />
          </ActionIcon>
        )}
      </Foot>
    </aside>
  );
}

/** On a narrow screen the menu is behind a button. */
export function SmallBar({ onMenu, onSearch }: { onMenu: () => void; onSearch: () => void }) {
  return (
    <div className="small-bar">
      <ActionIcon aria-label="Open the menu" onClick={onMenu}><Icon name="menu" /></ActionIcon>
      <Logo />
      <ActionIcon aria-label="Search and commands" onClick={onSearch}><Icon name="search" /></ActionIcon>
    </div>
  );
}
