import { Link } from '@tanstack/react-router';
import { absolute } from '@/format/time';
import { ceilingOf, type Bar, type Range } from './chart';

function when(bar: Bar, range: Range): string {
  const at = new Date(bar.start);
  return range.every === 'day'
    ? new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(at)
    : new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(at);
}

const percent = (rate: number) => `${(rate * 100).toFixed(rate === 1 || rate === 0 ? 0 : 1)} %`;

function Rate({ bars }: { bars: readonly Bar[] }) {
  const points = bars.flatMap((bar, index) => (bar.rate === undefined ? [] : [`${((index + 0.5) / bars.length) * 1000},${(1 - bar.rate) * 100}`]));
  return (
    <svg className="chart-rate" viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}

/** Executions over time by state; every bar leads to what it counts. The line is the success rate. */
export function Chart({ bars, range }: { bars: readonly Bar[]; range: Range }) {
  const ceiling = ceilingOf(bars);
  const every = Math.ceil(bars.length / 8);
  return (
    <div className="chart">
      <div className="chart-scale" aria-hidden="true"><span>{ceiling}</span><span>{ceiling / 2}</span><span>0</span></div>
      <div className="chart-plot">
        <Rate bars={bars} />
        {bars.map((bar) => {
          const said = `${absolute(bar.start)}: ${bar.total} executions${bar.parts.map((part) => `, ${part.count} ${part.group}`).join('')}${bar.rate === undefined ? '' : `, ${percent(bar.rate)} ended well`}`;
          return (
            <Link key={bar.start} className="chart-bar" to="/main/executions" aria-label={said} title={said}
              search={{ 'filters[startDate][GREATER_THAN_OR_EQUAL_TO]': bar.start, 'filters[startDate][LESS_THAN]': bar.end }}>
              <span className="chart-stack" style={{ height: `${(bar.total / ceiling) * 100}%` }}>
                {bar.parts.map((part) => <i key={part.group} className={`fill-${part.group}`} style={{ flexGrow: part.count }} />)}
              </span>
            </Link>
          );
        })}
        {bars.map((bar, index) => index % every === 0 && (
          <span key={bar.start} className="chart-when" style={{ left: `${(index / bars.length) * 100}%` }}>{when(bar, range)}</span>
        ))}
      </div>
      <div className="chart-scale" aria-hidden="true"><span>100 %</span><span>50 %</span><span>0 %</span></div>
    </div>
  );
}
