/** The logs of an execution: levels, search, one task, follow, a link to a line, download. */
import { Button, Menu, Select, Switch, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { MAIN, query } from '@/api/client';
import type { Execution, Level, LogLine } from '@/api/types';
import { isEnded } from '@/format/state';
import { Icon } from '@/ui/Icon';
import { Empty } from '@/ui/Notes';
import { tell } from '@/ui/notify';
import { useOther } from '../useOther';
import { LEVELS, nameOf, passing } from './feed';
import { LogView } from './LogView';
import { useLogs } from './useLogs';

const isLevel = (text: string | undefined): text is Level => LEVELS.some((one) => one === text);

function Loudest({ counts, onPick }: { counts: Record<Level, number>; onPick: (level: Level) => void }) {
  return (['ERROR', 'WARN'] as const).filter((level) => counts[level] > 0).map((level) => (
    <button key={level} type="button" className="level-tally" title={`Show ${level} and above`} onClick={() => onPick(level)}>
      <i className={`topo-dot fill-${level === 'ERROR' ? 'failed' : 'warning'}`} style={{ width: 8, height: 8, borderRadius: 4 }} />
      {counts[level]} {level}
    </button>
  ));
}

export function LogsTab({ execution }: { execution: Execution }) {
  const { id, state } = execution;
  const { value, set } = useOther();
  const { feed, isLost, isWhole } = useLogs(id, isEnded(state.current));
  const asked = value('level');
  const level = isLevel(asked) ? asked : 'INFO';
  const taskId = value('task');
  const taskRunId = value('taskRun');
  const marked = value('line');
  const [text, setText] = useState(value('text') ?? '');
  const [isFollowing, setFollowing] = useState(!marked);
  const lines = feed.lines;
  const shown = useMemo(() => passing(lines, { level: marked ? 'TRACE' : level, text, taskId, taskRunId }), [lines, level, text, taskId, taskRunId, marked]);
  const tasks = useMemo(() => [...new Set((execution.taskRunList ?? []).map((run) => run.taskId))], [execution.taskRunList]);

  const link = (line: LogLine) => {
    const url = new URL(location.href);
    url.search = query({ line: nameOf(line) });
    set({ line: nameOf(line) });
    setFollowing(false);
    void navigator.clipboard.writeText(url.href).then(() => tell('The link to the line is copied.'));
  };
  const download = `${MAIN}/logs/${id}/download${query({ minLevel: level, taskId, taskRunId })}`;

  return (
    <section className="tall" aria-label="Logs">
      <div className="bar">
        <TextInput data-filter w={240} placeholder="Search these lines" aria-label="Search these lines" value={text} autoComplete="off"
          leftSection={<Icon name="search" size={14} />} onChange={(event) => {
            setText(event.currentTarget.value);
            setFollowing(false);
          }} />
        <Select aria-label="Least level" w={120} data={LEVELS.map((one) => ({ value: one, label: one === 'TRACE' ? 'all levels' : `${one} +` }))}
          value={marked ? 'TRACE' : level} allowDeselect={false} onChange={(next) => set({ level: next ?? undefined, line: undefined })} />
        <Select aria-label="Task" w={180} data={tasks} value={taskId ?? null} placeholder="all tasks" clearable searchable
          onChange={(next) => set({ task: next ?? undefined, taskRun: undefined, line: undefined })} />
        {taskRunId && <Button variant="default" onClick={() => set({ taskRun: undefined })} rightSection={<Icon name="cross" size={12} />}>one task run</Button>}
        <Loudest counts={feed.counts} onPick={(next) => set({ level: next, line: undefined })} />
        <div className="push">
          <Switch label="Follow" checked={isFollowing} onChange={(event) => setFollowing(event.currentTarget.checked)} />
          <Menu>
            <Menu.Target><Button variant="default" leftSection={<Icon name="download" size={14} />}>Export</Button></Menu.Target>
            <Menu.Dropdown>
              <Menu.Item component="a" href={download} download>Download as text</Menu.Item>
              <Menu.Item onClick={() => void navigator.clipboard.writeText(shown.map((line) => `${line.timestamp} ${line.level} ${line.message}`).join('\n'))
                .then(() => tell(`${shown.length} lines are copied.`))}>Copy the lines shown</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      <div className="surface log-frame">
        {shown.length === 0 && (isWhole || lines.length > 0 || isLost)
          ? <Empty title={lines.length ? 'No line passes these filters' : 'No lines were logged'}
              action={lines.length > 0 && <Button variant="default" onClick={() => {
                setText('');
                set({ level: 'TRACE', task: undefined, taskRun: undefined });
              }}>Show all {lines.length} lines</Button>}>
              {lines.length ? 'Other levels or tasks have some.' : 'Tasks of this execution were silent, or their lines were purged.'}
            </Empty>
          : <LogView lines={shown} text={text} isFollowing={isFollowing} onFollow={setFollowing} marked={marked} onLink={link}
              onTask={(line) => set({ task: line.taskId, line: undefined })} />}
        <div className="log-foot" role="status">
          {shown.length === lines.length ? `${lines.length} lines` : `${shown.length} of ${lines.length} lines`}
          {feed.dropped > 0 && <span>{feed.dropped} older lines are left out here; the download has all.</span>}
          <span>{isLost ? 'The connection is lost; lines go on when it is back.' : isWhole ? 'The end.' : 'Live.'}</span>
        </div>
      </div>
    </section>
  );
}
