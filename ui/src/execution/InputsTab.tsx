import type { Execution } from '@/api/types';
import { Empty } from '@/ui/Notes';
import { ValueTree } from './values/ValueTree';

const has = (value: object | undefined): boolean => value !== undefined && Object.keys(value).length > 0;

/** What the execution was given: inputs, variables of the flow, what the trigger brought. */
export function InputsTab({ execution }: { execution: Execution }) {
  const parts = [
    ['Inputs', 'inputs', execution.inputs], ['Variables', 'vars', execution.variables], ['Trigger', 'trigger', execution.trigger?.variables],
  ] as const;
  if (!parts.some(([, , value]) => has(value))) {
    return <Empty title="No inputs">The flow asks for none, or the execution was started without.</Empty>;
  }
  return parts.map(([title, root, value]) => value && has(value) && (
    <section key={title} className="surface panel"><h2>{title}</h2><ValueTree value={value} executionId={execution.id} path={[root]} opens={2} /></section>
  ));
}
