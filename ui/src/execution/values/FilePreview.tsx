/** A file that a task stored: its size, its beginning, the whole to download. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Suspense, lazy, useState } from 'react';
import { MAIN, ask, query } from '@/api/client';
import type { FilePreview as Preview, Json, JsonMap } from '@/api/types';
import { Icon } from '@/ui/Icon';
import { Failed, Loading } from '@/ui/Notes';
import { brief } from './paths';
import { rowsOf } from './rows';

const Markdown = lazy(() => import('@/ui/Markdown'));

export function bytes(size: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3));
  return `${step ? (size / 1000 ** step).toFixed(1) : size} ${units[step] ?? ''}`;
}

const urlOf = (executionId: string, path: string, what = '') => `${MAIN}/executions/${executionId}/file${what}${query({ path })}`;

function Table({ rows }: { rows: Json[] }) {
  const records = rows.filter((row): row is JsonMap => typeof row === 'object' && row !== null && !Array.isArray(row));
  if (records.length !== rows.length) return <pre className="value">{rows.map(brief).join('\n')}</pre>;
  const columns = [...new Set(records.flatMap((row) => Object.keys(row)))];
  return (
    <table className="list">
      <thead><tr>{columns.map((name) => <th key={name}>{name}</th>)}</tr></thead>
      <tbody>{records.map((row, index) => <tr key={index}>{columns.map((name) => <td key={name}>{brief(row[name] ?? '')}</td>)}</tr>)}</tbody>
    </table>
  );
}

function Content({ shown }: { shown: Preview }) {
  const { type, content, extension, truncated } = shown;
  const rows = type === 'TEXT' && typeof content === 'string' ? rowsOf(extension, content, truncated) : undefined;
  if (rows) return <Table rows={rows} />;
  if (type === 'LIST' && Array.isArray(content)) return <Table rows={content} />;
  if (type === 'IMAGE' && typeof content === 'string') return <img alt="" src={`data:image/${extension === 'svg' ? 'svg+xml' : extension};base64,${content}`} style={{ maxWidth: '100%' }} />;
  if (type === 'MARKDOWN' && typeof content === 'string') return <Suspense><Markdown text={content} /></Suspense>;
  return <pre className="value">{typeof content === 'string' ? content : JSON.stringify(content, undefined, 2)}</pre>;
}

function Beginning({ path, executionId }: { path: string; executionId: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['preview', executionId, path],
    queryFn: ({ signal }) => ask<Preview>(urlOf(executionId, path, '/preview'), { signal }),
    staleTime: Infinity, retry: false,
  });
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading rows={3} />;
  return (
    <div className="file-beginning">
      <Content shown={data} />
      {data.truncated && <p className="quiet">Only the beginning is shown; the download has all.</p>}
    </div>
  );
}

export function FileLine({ path, executionId }: { path: string; executionId: string }) {
  const [isOpen, setOpen] = useState(false);
  const { data } = useQuery({
    queryKey: ['file', executionId, path],
    queryFn: ({ signal }) => ask<{ size: number }>(urlOf(executionId, path, '/metas'), { signal }),
    staleTime: Infinity, retry: false,
  });
  const name = path.split('/').at(-1) ?? path;
  return (
    <span className="file">
      <Button size="compact-xs" variant="default" leftSection={<Icon name="file" size={13} />} aria-expanded={isOpen} title={path} onClick={() => setOpen(!isOpen)}>{name}</Button>
      {data && <span className="quiet">{bytes(data.size)}</span>}
      <a href={urlOf(executionId, path)} download aria-label={`Download ${name}`}><Icon name="download" size={14} /></a>
      {isOpen && <Beginning path={path} executionId={executionId} />}
    </span>
  );
}
