/** One task run beside the page: its attempts, lines, outputs, and what can be done from here. */
import { Button, Drawer, SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Execution, TaskRun } from '@/api/types';
import { isEnded } from '@/format/state';
import { absolute } from '@/format/time';
import { Icon } from '@/ui/Icon';
import { StateBadge } from '@/ui/State';
import { Elapsed } from '@/ui/Time';
import { possible } from './actions';
import type { Doing } from './ActionsMenu';
import { LogView } from './logs/LogView';
import { useLogs } from './logs/useLogs';
import { outputPath } from './values/paths';
import { ValueTree } from './values/ValueTree';

interface Props {
  execution: Execution;
  run: TaskRun;
  doing: Doing;
}

function Lines({ execution, run }: { execution: Execution; run: TaskRun }) {
  const attempts = run.attempts?.length ?? 0;
  const [attempt, setAttempt] = useState('all');
  const [isFollowing, setFollowing] = useState(true);
  const { lines, version } = useLogs(execution.id, isEnded(execution.state.current), {
    level: 'TRACE', text: '', taskRunId: run.id, attempt: attempt === 'all' ? undefined : Number(attempt),
  });
  const choices = [{ value: 'all', label: 'All attempts' }, ...Array.from({ length: attempts }, (_, index) => ({ value: String(index), label: String(index + 1) }))];
  return (
    <section aria-label="Lines of this task run">
      <h3>Log</h3>
      {attempts > 1 && <SegmentedControl mb={6} data={choices} value={attempt} onChange={setAttempt} aria-label="Attempt" />}
      {lines.count ? <div className="run-logs"><LogView lines={lines} version={version} text="" isFollowing={isFollowing} onFollow={setFollowing} /></div> : <p className="quiet">No lines{isEnded(run.state.current) ? '.' : ' yet.'}</p>}
    </section>
  );
}

function Attempts({ run }: { run: TaskRun }) {
  const attempts = run.attempts ?? [];
  if (attempts.length < 2) return null;
  return (
    <section>
      <h3>Attempts</h3>
      <ol className="steps">
        {attempts.map((one, index) => (
          <li key={index}>{index + 1}. <StateBadge state={one.state.current} /> <time>{absolute(one.state.startDate)}</time> <span className="took"><Elapsed state={one.state} /></span></li>
        ))}
      </ol>
    </section>
  );
}

function Content({ execution, run, doing }: Props) {
  const ended = isEnded(execution.state.current);
  const can = possible(execution);
  const child = run.outputs?.executionId;
  const byId = useMemo(() => new Map((execution.taskRunList ?? []).map((one) => [one.id, one])), [execution.taskRunList]);
  const { namespace, flowId, id } = execution;
  return (
    <div className="run-panel">
      <div className="tallies">
        <StateBadge state={run.state.current} />
        <span><Elapsed state={run.state} /></span>
        {run.value !== undefined && <span className="mono">{run.value}</span>}
        {typeof child === 'string' && <Link to="/main/executions/$id" params={{ id: child }}>Open the execution it started</Link>}
      </div>
      <div className="story-tools" style={{ margin: 0 }}>
        {ended && <Button variant="default" leftSection={<Icon name="play" size={14} />} onClick={() => doing.ask({ kind: 'replay', run })}>Replay from here…</Button>}
        {(ended || run.state.current === 'PAUSED') && <Button variant="default" leftSection={<Icon name="edit" size={14} />} onClick={() => doing.ask({ kind: 'state', run })}>Change state…</Button>}
        {can.resume && run.state.current === 'PAUSED' && <Button leftSection={<Icon name="play" size={14} />} onClick={() => doing.ask({ kind: 'resume' })}>Resume…</Button>}
        <Link className="as-button" to="/main/executions/$namespace/$flowId/$id/$tab" params={{ namespace, flowId, id, tab: 'logs' }} search={{ taskRun: run.id, level: 'TRACE' }}><Icon name="logs" size={14} /> All its lines</Link>
      </div>
      <Attempts run={run} />
      <Lines key={run.id} execution={execution} run={run} />
      {run.outputs && Object.keys(run.outputs).length > 0 && (
        <section><h3>Outputs</h3><ValueTree value={run.outputs} executionId={id} path={outputPath(run, byId)} opens={2} /></section>
      )}
      <section>
        <h3>States</h3>
        <ol className="steps">{run.state.histories.map((step) => <li key={step.state + step.date}><StateBadge state={step.state} /> <time dateTime={step.date}>{absolute(step.date)}</time></li>)}</ol>
      </section>
    </div>
  );
}

export function RunPanel({ execution, run, doing, onClose }: Omit<Props, 'run'> & { run?: TaskRun; onClose: () => void }) {
  return (
    <Drawer opened={run !== undefined} onClose={onClose} position="right" size="min(680px, 92vw)" title={run?.taskId} closeButtonProps={{ 'aria-label': 'Close' }} overlayProps={{ backgroundOpacity: 0.2 }}>
      {run && <Content execution={execution} run={run} doing={doing} />}
    </Drawer>
  );
}
