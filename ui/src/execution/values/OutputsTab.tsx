/** The outputs of all task runs as one tree, and beside it a place to try expressions on them. */
import { TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Execution, TaskRun } from '@/api/types';
import { isEnded } from '@/format/state';
import { Icon } from '@/ui/Icon';
import { Empty } from '@/ui/Notes';
import { StateBadge } from '@/ui/State';
import { Debugger } from './Debugger';
import { outputPath } from './paths';
import { ValueTree } from './ValueTree';

const PART = 50;

export function OutputsTab({ execution }: { execution: Execution }) {
  const runs = useMemo(() => execution.taskRunList ?? [], [execution.taskRunList]);
  const byId = useMemo(() => new Map(runs.map((run) => [run.id, run])), [runs]);
  const [text, setText] = useState('');
  const [run, setRun] = useState<TaskRun>();
  const [search, setSearch] = useState('');
  const [most, setMost] = useState(PART);
  const found = useMemo(() => {
    const needle = search.toLowerCase();
    const has = runs.filter((one) => one.outputs && Object.keys(one.outputs).length > 0);
    return needle ? has.filter((one) => `${one.taskId} ${one.value ?? ''} ${JSON.stringify(one.outputs)}`.toLowerCase().includes(needle)) : has;
  }, [runs, search]);
  const own = execution.outputs;
  const hasOwn = own && Object.keys(own).length > 0;
  const pick = (expression: string, of?: TaskRun) => {
    setText(`{{ ${expression} }}`);
    setRun(of);
  };
  return (
    <div className="outputs">
      <div>
        {hasOwn && (
          <section className="surface panel"><h2>Outputs of the flow</h2><ValueTree value={own} executionId={execution.id} /></section>
        )}
        <div className="bar">
          <TextInput data-filter w={280} placeholder="Search outputs" aria-label="Search outputs" value={search} leftSection={<Icon name="search" size={14} />}
            onChange={(event) => setSearch(event.currentTarget.value)} />
        </div>
        {found.length === 0 && !hasOwn && (
          <Empty title={search ? 'Nothing matches' : 'No outputs'}>
            {search ? 'No task id and no value holds this text.' : isEnded(execution.state.current) ? 'No task of this execution left any.' : 'They appear here when tasks end.'}
          </Empty>
        )}
        {found.slice(0, most).map((one) => (
          <section key={one.id} className="surface panel" aria-label={`Outputs of ${one.taskId}`}>
            <h2>{one.taskId} {one.value !== undefined && <span className="quiet">{one.value}</span>} <StateBadge state={one.state.current} /></h2>
            <ValueTree value={one.outputs ?? {}} executionId={execution.id} path={outputPath(one, byId)} picked={text.slice(3, -3)} onPick={(expression) => pick(expression)} opens={2} />
          </section>
        ))}
        {found.length > most && <button type="button" className="as-button" onClick={() => setMost(most + PART)}>{found.length - most} more task runs…</button>}
      </div>
      <Debugger executionId={execution.id} run={run} text={text} onText={setText} />
    </div>
  );
}
