/** The logs of an execution: levels, search, one task, follow, a link to a line, download. */
import { Button, Menu, Select, Switch, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { MAIN, ask, askFile, query } from '@/api/client';
import type { Execution, Level, LogLine, Paged } from '@/api/types';
import { isEnded } from '@/format/state';
import { Icon } from '@/ui/Icon';
import { Empty } from '@/ui/Notes';
import { tell, tellFailure } from '@/ui/notify';
import { useOther } from '../useOther';
import { nameOf } from './lines';
import { LogView } from './LogView';
import { useLogs } from './useLogs';
import { LEVELS, asQuery, type Wish } from './wish';

const PAUSE = 120;
const OFTEN = 2000;

const isLevel = (text: string | undefined): text is Level => LEVELS.some((one) => one === text);

const ALL: Wish = { level: 'TRACE', text: '' };

/** How many lines there are of at least each level, whatever is filtered. */
function useTotals(id: string, isLive: boolean, isDue: boolean) {
  const total = async (level: Level, signal: AbortSignal) =>
    (await ask<Paged<LogLine>>(`${MAIN}/logs/search${asQuery(id, { ...ALL, level }, { size: 1 })}`, { signal })).total;
  return useQuery({
    queryKey: ['logs', 'totals', id, isLive],
    queryFn: async ({ signal }) => {
      const [all, warn, error] = await Promise.all([total('TRACE', signal), total('WARN', signal), total('ERROR', signal)]);
      return { all, WARN: warn - error, ERROR: error };
    },
    refetchInterval: isLive ? OFTEN : false, placeholderData: keepPreviousData, enabled: isDue,
  }).data ?? { all: 0, WARN: 0, ERROR: 0 };
}

/** Where the line of an address is: as many are before it as are older. */
function usePlace(id: string, wish: Wish, marked: string | undefined): number | undefined {
  const moment = marked?.slice(0, marked.indexOf(','));
  return useQuery({
    queryKey: ['logs', 'place', id, wish, moment],
    queryFn: async ({ signal }) => (await ask<Paged<LogLine>>(`${MAIN}/logs/search${asQuery(id, wish, { 'filters[startDate][LESS_THAN]': moment ?? '', size: 1 })}`, { signal })).total,
    enabled: moment !== undefined, staleTime: Infinity,
  }).data;
}

/** What is typed, once it rests. */
function useCalm(text: string): string {
  const [calm, setCalm] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setCalm(text), text ? PAUSE : 0);
    return () => clearTimeout(timer);
  }, [text]);
  return calm;
}

function Loudest({ counts, onPick }: { counts: Record<'ERROR' | 'WARN', number>; onPick: (level: Level) => void }) {
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
  const asked = value('level');
  const level = isLevel(asked) ? asked : 'INFO';
  const taskId = value('task');
  const taskRunId = value('taskRun');
  const marked = value('line');
  const [text, setText] = useState(value('text') ?? '');
  const [isFollowing, setFollowing] = useState(!marked);
  const calm = useCalm(text);
  const wish: Wish = { level: marked ? 'TRACE' : level, text: calm, taskId, taskRunId };
  const { lines, version, isLost, isWhole } = useLogs(id, isEnded(state.current), wish, isFollowing);
  const totals = useTotals(id, !isWhole, lines.isCounted);
  const markedAt = usePlace(id, wish, marked);
  const tasks = useMemo(() => [...new Set((execution.taskRunList ?? []).map((run) => run.taskId))], [execution.taskRunList]);
  const all = Math.max(totals.all, lines.count);

  const link = (line: LogLine) => {
    const url = new URL(location.href);
    url.search = query({ line: nameOf(line) });
    set({ line: nameOf(line) });
    setFollowing(false);
    void navigator.clipboard.writeText(url.href).then(() => tell('The link to the line is copied.'));
  };
  const copy = () => void askFile(`${MAIN}/logs/${id}/download${asQuery(id, wish)}`)
    .then(async (file) => navigator.clipboard.writeText(await file.text()))
    .then(() => tell(`${lines.count} lines are copied.`), (error: unknown) => tellFailure('The lines are not copied', error));
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
        <Loudest counts={totals} onPick={(next) => set({ level: next, line: undefined })} />
        <div className="push">
          <Switch label="Follow" checked={isFollowing} onChange={(event) => setFollowing(event.currentTarget.checked)} />
          <Menu>
            <Menu.Target><Button variant="default" leftSection={<Icon name="download" size={14} />}>Export</Button></Menu.Target>
            <Menu.Dropdown>
              <Menu.Item component="a" href={download} download>Download as text</Menu.Item>
              <Menu.Item onClick={copy}>Copy the lines shown</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      <div className="surface log-frame">
        {lines.count === 0 && (lines.isCounted || isLost)
          ? <Empty title={all ? 'No line passes these filters' : 'No lines were logged'}
              action={all > 0 && <Button variant="default" onClick={() => {
                setText('');
                set({ level: 'TRACE', task: undefined, taskRun: undefined });
              }}>Show all {all} lines</Button>}>
              {all ? 'Other levels or tasks have some.' : 'Tasks of this execution were silent, or their lines were purged.'}
            </Empty>
          : <LogView lines={lines} version={version} text={calm} isFollowing={isFollowing} onFollow={setFollowing} marked={marked} markedAt={markedAt} onLink={link}
              onTask={(line) => set({ task: line.taskId, line: undefined })} />}
        <div className="log-foot" role="status">
          {all === lines.count ? `${all} lines` : `${lines.count} of ${all} lines`}
          <span>{isLost ? 'The connection is lost; lines go on when it is back.' : isWhole ? 'The end.' : 'Live.'}</span>
        </div>
      </div>
    </section>
  );
}
