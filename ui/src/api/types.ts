/** The documents of the HTTP API, as far as the pages read them. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonMap = Record<string, Json>;

export const STATES = [
  'CREATED', 'RESTARTED', 'SUBMITTED', 'QUEUED', 'RUNNING', 'PAUSED', 'BREAKPOINT', 'RETRYING', 'RETRIED',
  'KILLING', 'KILLED', 'CANCELLED', 'SKIPPED', 'WARNING', 'FAILED', 'SUCCESS',
] as const;
export type StateName = (typeof STATES)[number];

export interface StateStep {
  state: StateName;
  date: string;
}
export interface State {
  current: StateName;
  histories: StateStep[];
  startDate: string;
  endDate?: string;
  duration?: string;
}
export interface Label {
  key: string;
  value: string;
}
export interface Attempt {
  state: State;
  workerId?: string;
}
export interface TaskRun {
  id: string;
  taskId: string;
  parentTaskRunId?: string;
  value?: string;
  iteration?: number;
  attempts?: Attempt[];
  outputs?: JsonMap;
  state: State;
}
export interface Execution {
  id: string;
  namespace: string;
  flowId: string;
  flowRevision: number;
  taskRunList?: TaskRun[];
  inputs?: JsonMap;
  outputs?: JsonMap;
  variables?: JsonMap;
  labels?: Label[];
  trigger?: { id: string; type: string; variables?: JsonMap };
  parentId?: string;
  originalId?: string;
  scheduleDate?: string;
  kind?: string;
  metadata?: { attemptNumber?: number };
  state: State;
  error?: { message?: string };
}
export interface Input {
  id: string;
  type: string;
  displayName?: string;
  description?: string;
  required?: boolean;
  defaults?: Json;
  values?: Json[];
  options?: Json[];
  isRadio?: boolean;
  allowCustomValue?: boolean;
  itemType?: string;
  min?: number | string;
  max?: number | string;
  validator?: string;
  /** Of a FORM: what is asked for together. */
  inputs?: Input[];
}
export interface Flow {
  id: string;
  namespace: string;
  revision: number;
  description?: string;
  labels?: Label[] | Record<string, string>;
  inputs?: Input[];
  tasks?: JsonMap[];
  triggers?: JsonMap[];
  disabled?: boolean;
  deleted?: boolean;
  updated?: string;
  source?: string;
}
export interface Paged<T> {
  results: T[];
  total: number;
}
export interface Problem {
  path: string;
  message: string;
  line?: number;
  column?: number;
}
export interface Validation {
  flow?: string;
  namespace?: string;
  constraints?: string;
  outdated: boolean;
  problems?: Problem[];
  deprecationPaths?: string[];
  warnings?: string[];
  infos?: string[];
}
export interface CheckedInput {
  input: Input;
  value?: Json;
  enabled: boolean;
  isDefault?: boolean;
  errors?: { message: string }[];
}
export interface FailedCheck {
  message: string;
  style: string;
  behavior: string;
}
export interface CheckedInputs {
  inputs: CheckedInput[];
  checks: FailedCheck[];
}
export interface LastExecution {
  id: string;
  flowId: string;
  namespace: string;
  startDate: string;
  status: StateName;
}
export type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
export interface LogLine {
  namespace?: string;
  flowId?: string;
  executionId?: string;
  triggerId?: string;
  taskId?: string;
  taskRunId?: string;
  attemptNumber?: number;
  timestamp: string;
  level: Level;
  message: string;
}
export interface Metric {
  taskId: string;
  taskRunId: string;
  type: 'counter' | 'timer' | 'gauge';
  name: string;
  value: number;
  timestamp: string;
  tags?: Record<string, string>;
}
export interface StateCount {
  start: string;
  state: StateName;
  count: number;
}
export interface FilePreview {
  extension: string;
  type: string;
  content: Json;
  maxLine: number;
  truncated: boolean;
}
export interface PluginClass {
  cls: string;
  title?: string;
  deprecated?: boolean;
}
export interface Plugin {
  name: string;
  title: string;
  group: string;
  aliases?: string[];
  tasks: PluginClass[];
  triggers: PluginClass[];
  taskRunners: PluginClass[];
}
export interface Schema {
  $ref?: string;
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: Json[];
  const?: Json;
  default?: Json;
  deprecated?: boolean;
  $deprecated?: boolean;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: boolean | Schema;
  definitions?: Record<string, Schema>;
}
export interface PluginDocument {
  markdown: string;
  schema: { properties: Schema; outputs?: Schema; definitions?: Record<string, Schema> };
}
export interface Configuration {
  version: string;
  environment?: { name?: string; color?: string };
  isBasicAuthInitialized: boolean;
}
