/** What happened, why, and what next; then the facts. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { MAIN, ask, query } from '@/api/client';
import type { Execution, LogLine, Paged } from '@/api/types';
import { groupOf, isEnded } from '@/format/state';
import { absolute, duration } from '@/format/time';
import { Icon } from '@/ui/Icon';
import { Labels } from '@/ui/Labels';
import { StateBadge } from '@/ui/State';
import { Ago, Elapsed, useNow } from '@/ui/Time';
import { possible } from './actions';
import type { Doing } from './ActionsMenu';
import { innermost, storyOf } from './story';
import { ValueTree } from './values/ValueTree';

interface Props {
  execution: Execution;
  doing: Doing;
  onTask: (id: string) => void;
}

/** The last error line is what people look for first. */
function useReason(execution: Execution): LogLine | undefined {
  const { data } = useQuery({
    queryKey: ['reason', execution.id, execution.state.histories.length],
    queryFn: ({ signal }) => ask<Paged<LogLine>>(
      `${MAIN}/logs/search${query({ 'filters[executionId][EQUALS]': execution.id, 'filters[level][EQUALS]': 'ERROR', size: 1, sort: 'timestamp:desc' })}`, { signal },
    ),
    enabled: ['FAILED', 'WARNING'].includes(execution.state.current),
  });
  return data?.results[0];
}

function StoryCard({ execution, doing, onTask }: Props) {
  const now = useNow(!isEnded(execution.state.current), 1000);
  const { what, why, next, about } = storyOf(execution, now);
  const reason = useReason(execution);
  const can = possible(execution);
  const first = about[0];
  return (
    <section className="surface story" data-group={groupOf(execution.state.current)} aria-label="What happened">
      <h2 aria-live="polite">{what}</h2>
      {(why ?? reason) && <p>{why}</p>}
      {reason && <pre className="reason" aria-label="Last error">{reason.message}</pre>}
      {next.length > 0 && <ul>{next.map((one) => <li key={one}>{one}</li>)}</ul>}
      <div className="story-tools">
        {can.resume && <Button onClick={() => doing.ask({ kind: 'resume' })}>Resume…</Button>}
        {can.unqueue && <Button variant="default" onClick={() => doing.plain('unqueue')}>Run now…</Button>}
        {can.restart && <Button onClick={() => doing.plain('restart')}>Restart…</Button>}
        {can.restart && (
          <Link to="/main/flows/edit/$namespace/$id/$tab" params={{ namespace: execution.namespace, id: execution.flowId, tab: 'edit' }} className="as-button">
            <Icon name="edit" size={14} /> Edit the flow
          </Link>
        )}
        {first && <Button variant="default" onClick={() => onTask(first.id)}>Look at {first.taskId}</Button>}
      </div>
    </section>
  );
}

function Progress({ execution }: { execution: Execution }) {
  const runs = innermost(execution.taskRunList ?? []);
  if (runs.length === 0) return null;
  const counts = new Map<Execution['state']['current'], number>();
  runs.forEach((run) => counts.set(run.state.current, (counts.get(run.state.current) ?? 0) + 1));
  const sorted = [...counts].sort(([one], [other]) => Number(other === 'FAILED') - Number(one === 'FAILED'));
  return (
    <section className="surface panel">
      <h2>Task runs</h2>
      <div className="progress" aria-hidden="true">
        {sorted.map(([state, count]) => <i key={state} className={`fill-${groupOf(state)}`} style={{ flexGrow: count }} />)}
      </div>
      <div className="tallies">{sorted.map(([state, count]) => <span key={state}><StateBadge state={state} /> {count}</span>)}</div>
    </section>
  );
}

function Steps({ execution }: { execution: Execution }) {
  const { histories } = execution.state;
  return (
    <section className="surface panel">
      <h2>States</h2>
      <ol className="steps">
        {histories.map((step, index) => {
          const next = histories[index + 1];
          return (
            <li key={`${step.state}${step.date}`}>
              <StateBadge state={step.state} />
              <time dateTime={step.date}>{absolute(step.date)}</time>
              <span className="took">{next && `for ${duration(Date.parse(next.date) - Date.parse(step.date))}`}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Facts({ execution }: { execution: Execution }) {
  const { namespace, flowId, trigger, originalId, id, parentId, labels, scheduleDate } = execution;
  const started = trigger?.variables?.executionId;
  const navigate = useNavigate();
  const shown = (labels ?? []).filter((label) => !label.key.startsWith('system.'));
  const onLabel = (text: string) => void navigate({ to: '/main/executions', search: { 'filters[labels][EQUALS]': text } });
  const other = (name: string, value: string | undefined) => value && value !== id && (
    <><dt>{name}</dt><dd><Link to="/main/executions/$id" params={{ id: value }} className="mono">{value}</Link></dd></>
  );
  return (
    <section className="surface panel">
      <h2>Facts</h2>
      <dl className="facts">
        <dt>Flow</dt>
        <dd><Link to="/main/flows/edit/$namespace/$id/$tab" params={{ namespace, id: flowId, tab: 'edit' }}>{namespace}.{flowId}</Link>, revision {execution.flowRevision}</dd>
        <dt>Began</dt><dd><Ago date={execution.state.startDate} /> <span className="quiet">{absolute(execution.state.startDate)}</span></dd>
        <dt>Took</dt><dd><Elapsed state={execution.state} /></dd>
        {scheduleDate && <><dt>Planned for</dt><dd>{absolute(scheduleDate)}</dd></>}
        {trigger && <><dt>Trigger</dt><dd>{trigger.id} <span className="quiet">{trigger.type}</span></dd></>}
        {other('Started by', typeof started === 'string' ? started : parentId)}
        {other('Replay of', originalId)}
        {shown.length > 0 && <><dt>Labels</dt><dd><Labels labels={shown} onPick={onLabel} /></dd></>}
        <dt>Id</dt><dd className="mono">{id}</dd>
        {(execution.metadata?.attemptNumber ?? 1) > 1 && <><dt>Attempt</dt><dd>{execution.metadata?.attemptNumber}</dd></>}
      </dl>
    </section>
  );
}

export function Overview(props: Props) {
  const { execution } = props;
  const values = [['Inputs', execution.inputs], ['Outputs', execution.outputs], ['Trigger', execution.trigger?.variables]] as const;
  return (
    <>
      <StoryCard {...props} />
      <div className="columns">
        <div>
          <Progress execution={execution} />
          {values.map(([title, value]) => value && Object.keys(value).length > 0 && (
            <section key={title} className="surface panel"><h2>{title}</h2><ValueTree value={value} executionId={execution.id} /></section>
          ))}
          <Steps execution={execution} />
        </div>
        <Facts execution={execution} />
      </div>
    </>
  );
}
