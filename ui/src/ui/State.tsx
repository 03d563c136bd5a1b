import type { ReactElement } from 'react';
import type { StateName } from '@/api/types';
import { groupOf, type StateGroup } from '@/format/state';
import { Icon, type IconName } from './Icon';

const ICONS: Record<StateGroup, IconName> = {
  fresh: 'rewind', idle: 'clock', running: 'spin', paused: 'pause', warning: 'triangle', success: 'check', failed: 'cross', killed: 'stop',
};

/** A state is never a colour alone: it has an icon and its word. */
export function StateBadge({ state }: { state: StateName }) {
  const group = groupOf(state);
  return (
    <span className="state" data-group={group}>
      <Icon name={ICONS[group]} size={12} />
      {state}
    </span>
  );
}

const made = new Map<StateName, ReactElement>();

/** The same element each time: where rows fly by, React passes over it. */
export function badgeOf(state: StateName): ReactElement {
  const badge = made.get(state) ?? <StateBadge state={state} />;
  made.set(state, badge);
  return badge;
}
