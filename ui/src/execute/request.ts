/** What is sent to start an execution, and the same as commands to copy. */
import { MAIN, query } from '@/api/client';
import type { Label } from '@/api/types';
import type { Values } from '@/inputs/values';

export interface Start {
  namespace: string;
  id: string;
  values: Values;
  labels: Label[];
  /** As the browser's field gives it: local time without a zone. */
  scheduleDate: string;
}

export const isGoodLabel = ({ key, value }: Label): boolean => (key === '') === (value === '') && !key.startsWith('system.');
const written = (labels: Label[]) => labels.filter(({ key, value }) => key && value).map(({ key, value }) => `${key}:${value}`);
const moment = (local: string): string | undefined => (local ? new Date(local).toISOString() : undefined);

export function addressOf({ namespace, id, labels, scheduleDate }: Start): string {
  return `${MAIN}/executions/${namespace}/${id}${query({ labels: written(labels), scheduleDate: moment(scheduleDate) })}`;
}

const shell = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
const python = (text: string): string => JSON.stringify(text);

export function asCurl(start: Start, origin: string): string {
  const parts = Object.entries(start.values).map(([name, value]) =>
    value instanceof File ? `-F ${shell(`${name}=@${value.name}`)}` : `--form-string ${shell(`${name}=${value}`)}`);
  return ['curl -X POST -u "$USER_NAME:$PASSWORD"', ...parts, shell(`${origin}${addressOf(start)}`)].join(' \\\n  ');
}

export function asPython(start: Start, origin: string): string {
  const { values } = start;
  const texts = Object.entries(values).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  const files = Object.entries(values).filter((pair): pair is [string, File] => pair[1] instanceof File);
  const lines = [
    'import os', '', 'import httpx', '',
    'answer = httpx.post(', `    ${python(origin + addressOf(start))},`, '    auth=(os.environ["USER_NAME"], os.environ["PASSWORD"]),',
  ];
  const parts = [
    ...texts.map(([name, value]) => `        (${python(name)}, (None, ${python(value)})),`),
    ...files.map(([name, file]) => `        (${python(name)}, (${python(file.name)}, open(${python(file.name)}, "rb"))),`),
  ];
  if (parts.length) lines.push('    files=[', ...parts, '    ],');
  return [...lines, ')', 'answer.raise_for_status()', 'print(answer.json()["id"])'].join('\n');
}

export function asCommand(start: Start, origin: string): string {
  const inputs = Object.entries(start.values).map(([name, value]) =>
    value instanceof File ? `--input-file ${shell(`${name}=${value.name}`)}` : `--input ${shell(`${name}=${value}`)}`);
  const labels = start.labels.filter(({ key, value }) => key && value).map(({ key, value }) => `--label ${shell(`${key}=${value}`)}`);
  const command = [`lanner execution create ${shell(start.namespace)} ${shell(start.id)}`, ...inputs, ...labels, `--server ${shell(origin)}`].join(' \\\n  ');
  return start.scheduleDate ? `# begins at once: the command line cannot set a date\n${command}` : command;
}
