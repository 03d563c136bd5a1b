/** Any value as a tree that opens; files can be looked into, every value has an expression to copy. */
import { ActionIcon } from '@mantine/core';
import { useState } from 'react';
import type { Json } from '@/api/types';
import { Icon } from '@/ui/Icon';
import { tell } from '@/ui/notify';
import { FileLine } from './FilePreview';
import { brief, entriesOf, expressionOf, isFile } from './paths';
import './values.css';

const PART = 100;
type Path = (string | number)[];

interface Props {
  value: Json;
  executionId: string;
  /** The expression of the whole; without one nothing is to be copied. */
  path?: Path;
  picked?: string;
  onPick?: (expression: string) => void;
  depth?: number;
  opens?: number;
}

function Copy({ text }: { text: string }) {
  return (
    <ActionIcon size={24} aria-label={`Copy ${text}`} title={text} onClick={() => void navigator.clipboard.writeText(`{{ ${text} }}`).then(() => tell('The expression is copied.'))}>
      <Icon name="copy" size={13} />
    </ActionIcon>
  );
}

function Entry({ name, value, path, isFlat, ...rest }: Props & { name: string | number; isFlat: boolean }) {
  const { executionId, depth = 0, opens = 1, onPick, picked } = rest;
  const inner = entriesOf(value);
  const isTree = inner.length > 0;
  const [isOpen, setOpen] = useState(depth < opens);
  const expression = path && expressionOf(path);
  return (
    <li>
      <div className="value-line" data-picked={expression !== undefined && expression === picked}>
        {isTree
          ? <button type="button" className="gantt-fold" aria-label={`${isOpen ? 'Close' : 'Open'} ${name}`} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}><Icon name={isOpen ? 'down' : 'right'} size={13} /></button>
          : !(isFlat && depth === 0) && <span className="gantt-fold" />}
        {onPick && expression ? <button type="button" className="value-name" onClick={() => onPick(expression)}>{name}</button> : <span className="value-name">{name}</span>}
        {isFile(value) ? <FileLine path={value} executionId={executionId} /> : (!isTree || !isOpen) && <span className="value-text">{brief(value)}</span>}
        {expression && <Copy text={expression} />}
      </div>
      {isTree && isOpen && <Entries value={value} path={path} {...rest} depth={depth + 1} />}
    </li>
  );
}

function Entries({ value, path, ...rest }: Props) {
  const [most, setMost] = useState(PART);
  const all = entriesOf(value);
  const isFlat = all.every(([, one]) => entriesOf(one).length === 0);
  return (
    <ul className="values">
      {all.slice(0, most).map(([name, one]) => <Entry key={name} name={name} isFlat={isFlat} {...rest} value={one} path={path && [...path, name]} />)}
      {all.length > most && <li><button type="button" className="value-name" onClick={() => setMost(most + PART * 10)}>{all.length - most} more…</button></li>}
    </ul>
  );
}

export const ValueTree = (props: Props) => <Entries {...props} />;
