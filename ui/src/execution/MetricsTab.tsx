/** The numbers that tasks published. */
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { MAIN, ask, query } from '@/api/client';
import type { Execution, Metric, Paged } from '@/api/types';
import { isEnded } from '@/format/state';
import { clock, duration } from '@/format/time';
import { Empty, Failed, Loading } from '@/ui/Notes';

const MOST = 1000;

export function MetricsTab({ execution }: { execution: Execution }) {
  const [task, setTask] = useState<string | null>(null);
  const { id, state } = execution;
  const { data, error, refetch } = useQuery({
    queryKey: ['metrics', id, state.current, (execution.taskRunList ?? []).length],
    queryFn: ({ signal }) => ask<Paged<Metric>>(`${MAIN}/metrics/${id}${query({ size: MOST, sort: 'timestamp:asc' })}`, { signal }),
    placeholderData: (before) => before,
  });
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.total === 0) {
    return <Empty title="No metrics">{isEnded(state.current) ? 'No task of this execution published any.' : 'They appear here when tasks publish them.'}</Empty>;
  }
  const shown = data.results.filter((one) => !task || one.taskId === task);
  return (
    <>
      <div className="bar">
        <Select aria-label="Task" placeholder="all tasks" clearable data={[...new Set(data.results.map((one) => one.taskId))]} value={task} onChange={setTask} />
        <span className="quiet">{data.total > MOST ? `The first ${MOST} of ${data.total}` : `${shown.length} metrics`}</span>
      </div>
      <div className="surface scroll-x">
        <table className="list">
          <thead><tr><th>Task</th><th>Metric</th><th>Kind</th><th style={{ textAlign: 'right' }}>Value</th><th>Tags</th><th>When</th></tr></thead>
          <tbody>
            {shown.map((one, index) => (
              <tr key={index}>
                <td>{one.taskId}</td><td className="mono">{one.name}</td><td className="quiet">{one.type}</td>
                <td style={{ textAlign: 'right', fontVariantNumeric: 'tabular-nums' }}>{one.type === 'timer' ? duration(one.value) : one.value.toLocaleString()}</td>
                <td>{Object.entries(one.tags ?? {}).map(([key, value]) => <span key={key} className="label">{key}:{value}</span>)}</td>
                <td className="quiet">{clock(one.timestamp)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
