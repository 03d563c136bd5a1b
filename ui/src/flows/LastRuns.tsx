/** The last runs of a flow as bars: colour and word of the state, height by how long each took. */
import { Link } from '@tanstack/react-router';
import type { LastExecution } from '@/api/types';
import { groupOf, isEnded } from '@/format/state';
import { absolute, duration, parseDuration } from '@/format/time';
import { StateBadge } from '@/ui/State';
import { Ago } from '@/ui/Time';

/** The server's duration of a run that goes on ends with its last change of state. */
const tookOf = ({ status, startDate, duration: took }: LastExecution): number => (isEnded(status) ? (parseDuration(took) ?? 0) : Date.now() - Date.parse(startDate));

function Bars({ runs }: { runs: LastExecution[] }) {
  const longest = Math.max(1, ...runs.map(tookOf));
  return (
    <span className="spark">
      {runs.map((run) => {
        const { id, namespace, flowId, status, startDate } = run;
        const text = `${status}, ${duration(tookOf(run))}, ${absolute(startDate)}`;
        return (
          <Link key={id} className="spark-bar" title={text} aria-label={text} to="/main/executions/$namespace/$flowId/$id/$tab" params={{ namespace, flowId, id, tab: 'overview' }}>
            <span className={`fill-${groupOf(status)}`} style={{ height: `${20 + 80 * (tookOf(run) / longest)}%` }} />
          </Link>
        );
      })}
    </span>
  );
}

/** `runs` are the newest first; absent while they are asked for. */
export function LastRuns({ runs }: { runs: LastExecution[] | undefined }) {
  if (!runs) return <><td /><td /></>;
  const [last] = runs;
  return (
    <>
      <td>{last ? <span className="last-run"><StateBadge state={last.status} /> <Ago date={last.startDate} /></span> : <span className="quiet">never</span>}</td>
      <td><Bars runs={runs.toReversed()} /></td>
    </>
  );
}
