/** The documents of the HTTP API under the names the pages use; what is in them stands in the OpenAPI file. */
import type { components } from './openapi';
import type { Json } from './json';

export type { Json, JsonMap } from './json';
type Schemas = components['schemas'];

export type StateName = Schemas['StateType'];
export const STATES = [
  'CREATED', 'RESTARTED', 'QUEUED', 'RUNNING', 'PAUSED', 'BREAKPOINT', 'RETRYING', 'RETRIED',
  'KILLING', 'KILLED', 'CANCELLED', 'SKIPPED', 'WARNING', 'FAILED', 'SUCCESS',
] as const satisfies readonly StateName[];

export type State = Schemas['State'];
export type StateStep = Schemas['StateHistory'];
export type StateCount = Schemas['StateCount'];
export type Label = Schemas['Label'];
export type Attempt = Schemas['TaskRunAttempt'];
export type TaskRun = Schemas['TaskRun'];
export type Execution = Schemas['Execution'];
export type LastExecution = Schemas['LastExecutionResponse'];
export type Input = Schemas['Input'];
export type CheckedInput = Schemas['InputAndValue'];
export type CheckedInputs = Schemas['ValidatedInputs'];
export type FailedCheck = Schemas['CheckFailure'];
export type Flow = Schemas['Flow'];
export type Problem = Schemas['Problem'];
export type Validation = Schemas['ValidateConstraintViolation'];
export type Level = Schemas['Level'];
/** A line can be drawn that was never stored: only these are needed. */
export type LogLine = Partial<Schemas['LogEntry']> & Pick<Schemas['LogEntry'], 'timestamp' | 'level' | 'message'>;
export type Metric = Schemas['MetricEntry'];
export type FilePreview = Schemas['FilePreview'];
export type PluginClass = Schemas['PluginClass'];
export type Plugin = Schemas['Plugin'];
export type Configuration = Schemas['Configuration'];
export type PlannedTrigger = Schemas['TriggerWithDefinition'];

/** One page of a list; each list has a schema of its own. */
export interface Paged<T> {
  results: T[];
  total: number;
}

/** A JSON Schema, as far as the editor reads it: a standard, no document of the API. */
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
/** The API says of the schemas only that they are JSON. */
export type PluginDocument = Omit<Schemas['DocumentationWithSchema'], 'schema'> & {
  schema: { properties: Schema; outputs?: Schema; definitions?: Record<string, Schema> };
};
