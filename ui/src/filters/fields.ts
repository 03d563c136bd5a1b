/** What each list can be filtered by. */
import type { Field } from './filters';

const TEXTS = ['EQUALS', 'NOT_EQUALS', 'CONTAINS', 'STARTS_WITH', 'ENDS_WITH', 'REGEX'] as const;
const IDS = ['EQUALS', 'NOT_EQUALS', 'CONTAINS', 'STARTS_WITH', 'ENDS_WITH'] as const;

const NAMESPACE: Field = { name: 'namespace', label: 'Namespace', kind: 'namespace', operators: ['PREFIX', ...TEXTS] };
const FLOW: Field = { name: 'flowId', label: 'Flow', kind: 'text', operators: TEXTS };
const LABELS: Field = { name: 'labels', label: 'Label', kind: 'labels', operators: ['EQUALS', 'NOT_EQUALS', 'CONTAINS'] };
const TIME: Field = { name: 'timeRange', label: 'Time', kind: 'range', operators: ['EQUALS'] };
const BEGAN: Field = { name: 'startDate', label: 'Began', kind: 'date', operators: ['GREATER_THAN_OR_EQUAL_TO', 'LESS_THAN'] };
const SCOPE: Field = {
  name: 'scope', label: 'Scope', kind: 'choice', operators: ['EQUALS'],
  choices: [{ value: 'USER', label: 'of people' }, { value: 'SYSTEM', label: 'of the system' }],
};

export const FLOW_FIELDS: readonly Field[] = [NAMESPACE, FLOW, LABELS, SCOPE];

export const EXECUTION_FIELDS: readonly Field[] = [
  { name: 'state', label: 'State', kind: 'states', operators: ['IN', 'NOT_IN'] },
  NAMESPACE, FLOW, LABELS, TIME, BEGAN, SCOPE,
  {
    name: 'childFilter', label: 'Started by', kind: 'choice', operators: ['EQUALS'],
    choices: [{ value: 'MAIN', label: 'people and triggers' }, { value: 'CHILD', label: 'other executions' }],
  },
  {
    name: 'kind', label: 'Kind', kind: 'choice', operators: ['EQUALS'],
    choices: [{ value: 'TEST', label: 'test' }, { value: 'PLAYGROUND', label: 'playground' }],
  },
  { name: 'triggerId', label: 'Trigger', kind: 'text', operators: IDS },
  { name: 'triggerExecutionId', label: 'Parent execution', kind: 'text', operators: IDS },
  { name: 'originalId', label: 'Original execution', kind: 'text', operators: ['EQUALS', 'NOT_EQUALS'] },
];

export const LOG_FIELDS: readonly Field[] = [
  { name: 'level', label: 'Level', kind: 'level', operators: ['EQUALS'] },
  NAMESPACE, FLOW, TIME,
  { name: 'taskId', label: 'Task', kind: 'text', operators: IDS },
  { name: 'executionId', label: 'Execution', kind: 'text', operators: IDS },
  { name: 'triggerId', label: 'Trigger', kind: 'text', operators: IDS },
];
