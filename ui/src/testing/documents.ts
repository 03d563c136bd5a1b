/** Documents of the API for tests, with what they always have; a test says what matters to it. */
import type { CheckedInput, Execution, Input, Json, State, StateName, TaskRun } from '@/api/types';

export const START = '2026-01-01T00:00:00Z';

export const stateOf = (current: StateName, more: Partial<State> = {}): State => ({
  current, histories: [{ state: current, date: START }], startDate: START, duration: 'PT0S', ...more,
});

export const taskRunOf = (id: string, more: Partial<TaskRun> = {}): TaskRun => ({
  tenantId: 'main', id, executionId: 'e', namespace: 'n', flowId: 'f', taskId: id, state: stateOf('SUCCESS'), ...more,
});

export const executionOf = (taskRunList: TaskRun[], more: Partial<Execution> = {}): Execution => ({
  tenantId: 'main', id: 'e', namespace: 'n', flowId: 'f', flowRevision: 1, originalId: 'e', deleted: false,
  metadata: { attemptNumber: 1, originalCreatedDate: START }, state: stateOf('RUNNING'), taskRunList, ...more,
});

export const checkedOf = (input: Partial<Input>, value?: Json): CheckedInput => ({
  input: { id: 'x', type: 'STRING', ...input } as Input, enabled: true, isDefault: false, errors: [], ...(value === undefined ? {} : { value }),
});
