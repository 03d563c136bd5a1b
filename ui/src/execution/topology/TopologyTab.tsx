/** The flow of an execution with its states, live; subflows open in place, loops show one iteration or all. */
import { Select } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { execution as executionOf, flow as flowOf } from '@/api/queries';
import type { Execution } from '@/api/types';
import { isEnded } from '@/format/state';
import { Empty, Failed, Loading } from '@/ui/Notes';
import { useNow } from '@/ui/Time';
import { allItems, structureOf, withSubflows, type Item } from '@/topology/structure';
import { TopologyView } from '@/topology/TopologyView';
import { useFolding } from '@/topology/useFolding';
import { useSubflows } from '@/topology/useSubflows';
import { loopsIn, looksOf, Runs } from './runs';


const SLOWLY = 2000;
const MANY = 200;

/** Opened subflows, with the executions that were started for them. */
function useStarted(items: readonly Item[], isOpen: (item: Item) => boolean, execution: Execution) {
  const { opened, loaded, key } = useSubflows(items, isOpen, execution.namespace);
  const runs = new Runs(execution.taskRunList ?? []);
  const started = opened.map((item) => {
    const id = runs.of(item.id).findLast((run) => run.outputs?.executionId !== undefined)?.outputs?.executionId;
    return typeof id === 'string' ? id : undefined;
  });
  const executions = useQueries({
    queries: started.map((id) => ({
      ...executionOf(id ?? ''), enabled: id !== undefined,
      refetchInterval: ({ state }: { state: { data?: Execution } }) => (state.data && isEnded(state.data.state.current) ? false as const : SLOWLY),
    })),
  });
  const others = new Map<string, Execution>();
  opened.forEach((item, index) => {
    const other = executions[index]?.data;
    if (other) others.set(item.path, other);
  });
  return { loaded, others, key: `${key} ${executions.map((one) => one.dataUpdatedAt).join()}` };
}

const isLoop = (item: Item) => item.isLoop;
const never = () => false;

function Iterations({ loops, execution, chosen, onChoose }: {
  loops: Item[]; execution: Execution; chosen: ReadonlyMap<string, string>; onChoose: (path: string, value: string | null) => void;
}) {
  const runs = useMemo(() => new Runs(execution.taskRunList ?? []), [execution.taskRunList]);
  return loops.map((loop) => {
    const iterations = runs.iterations(loop.id);
    return iterations.length > 1 && (
      <Select key={loop.path} w={180} aria-label={`Iteration of ${loop.id}`} placeholder={`${loop.id}: all ${iterations.length}`} clearable searchable limit={100}
        data={iterations} value={chosen.get(loop.path) ?? null} onChange={(value) => onChoose(loop.path, value)} />
    );
  });
}

export function TopologyTab({ execution, picked, onPick }: { execution: Execution; picked?: string; onPick: (id: string) => void }) {
  const { data: flow, error, refetch } = useQuery({ ...flowOf(execution.namespace, execution.flowId, execution.flowRevision), staleTime: Infinity });
  const own = useMemo(() => (flow ? structureOf(flow) : undefined), [flow]);
  const items = useMemo(() => (own ? allItems(own) : []), [own]);
  const folding = useFolding(items.length, MANY, (execution.taskRunList ?? []).length > MANY ? isLoop : never);
  const { loaded, others, key } = useStarted(items, folding.isOpen, execution);
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map());
  const now = useNow(!isEnded(execution.state.current), 1000);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` stands for what was loaded
  const structure = useMemo(() => own && withSubflows(own, loaded), [own, key]);
  const look = useMemo(
    () => (structure ? looksOf(structure, execution, chosen, others, now) : () => ({})),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` stands for `others`
    [structure, execution, chosen, key, now],
  );
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!structure) return <Loading />;
  if (items.length === 0) return <Empty title="The flow has no tasks">There is nothing to draw.</Empty>;

  const pick = (path: string) => {
    const id = path.slice(path.lastIndexOf('/') + 1);
    const loop = loopsIn(structure).find((one) => path.startsWith(`${one.path}/`) && chosen.has(one.path));
    const runs = new Runs(execution.taskRunList ?? []).of(id, loop && { loop: loop.id, value: chosen.get(loop.path) ?? '' });
    const run = runs.find((one) => !isEnded(one.state.current)) ?? runs.find((one) => one.state.current === 'FAILED') ?? runs.at(-1);
    if (run) onPick(run.id);
  };
  const choose = (path: string, value: string | null) => setChosen((before) => {
    const next = new Map(before);
    if (value === null) next.delete(path);
    else next.set(path, value);
    return next;
  });
  const task = execution.taskRunList?.find((run) => run.id === picked)?.taskId;
  return (
    <section className="topo-tab" aria-label="Topology">
      <TopologyView structure={structure} look={look} picked={items.find((item) => item.id === task)?.path} onPick={pick} isOpen={folding.isOpen} onToggle={folding.toggle}
        tools={<Iterations loops={loopsIn(structure)} execution={execution} chosen={chosen} onChoose={choose} />} />
    </section>
  );
}
