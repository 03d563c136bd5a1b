import { Button, Menu } from '@mantine/core';
import type { Execution } from '@/api/types';
import { Icon, type IconName } from '@/ui/Icon';
import { possible, type Plain } from './actions';
import type { Asked } from './dialogs';

export interface Doing {
  plain: (action: Plain) => void;
  ask: (asked: Asked) => void;
}

interface Choice {
  label: string;
  icon: IconName;
  isPossible: boolean;
  run: () => void;
  /** Never offered as the likeliest thing to do. */
  isGrave?: boolean;
}

function choicesOf(execution: Execution, { plain, ask }: Doing): Choice[] {
  const can = possible(execution);
  return [
    { label: 'Resume', icon: 'play', isPossible: can.resume, run: () => ask({ kind: 'resume' }) },
    { label: 'Go on', icon: 'play', isPossible: can.resumeBreakpoint, run: () => plain('resumeBreakpoint') },
    { label: 'Restart', icon: 'rewind', isPossible: can.restart, run: () => plain('restart') },
    { label: 'Kill', icon: 'stop', isPossible: can.kill, isGrave: true, run: () => plain('kill') },
    { label: 'Replay', icon: 'play', isPossible: can.replay, run: () => ask({ kind: 'replay' }) },
    { label: 'Pause', icon: 'pause', isPossible: can.pause, run: () => plain('pause') },
    { label: 'Run now, above the limit', icon: 'play', isPossible: can.unqueue, run: () => plain('unqueue') },
    { label: 'Force to run', icon: 'play', isPossible: can.forceRun && !can.unqueue, run: () => plain('forceRun') },
    { label: 'Change state…', icon: 'edit', isPossible: can.changeState, run: () => ask({ kind: 'state' }) },
    { label: 'Set labels…', icon: 'tag', isPossible: can.labels, run: () => ask({ kind: 'labels' }) },
  ];
}

/** The likeliest action as a button, the others in a menu. */
export function ActionsMenu({ execution, doing }: { execution: Execution; doing: Doing }) {
  const [first, ...rest] = choicesOf(execution, doing).filter((one) => one.isPossible);
  return (
    <>
      <Menu>
        <Menu.Target><Button variant="default" rightSection={<Icon name="down" size={14} />}>Actions</Button></Menu.Target>
        <Menu.Dropdown>
          {rest.map((one) => <Menu.Item key={one.label} leftSection={<Icon name={one.icon} size={14} />} onClick={one.run}>{one.label}</Menu.Item>)}
          {rest.length > 0 && <Menu.Divider />}
          <Menu.Item leftSection={<Icon name="trash" size={14} />} c="var(--failed)" onClick={() => doing.plain('delete')}>Delete…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {first && <Button variant={first.isGrave ? 'default' : 'filled'} className={first.isGrave ? 'danger' : undefined} leftSection={<Icon name={first.icon} size={14} />} onClick={first.run}>{first.label}</Button>}
    </>
  );
}
