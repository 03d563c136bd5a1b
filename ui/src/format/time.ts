/** Times for people. Durations are in milliseconds. */
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
/** Made once: making one takes longer than drawing a row of a list. */
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

export function relative(date: string, now: number): string {
  const distance = Date.parse(date) - now;
  for (const [unit, size] of STEPS) {
    if (Math.abs(distance) >= size) return RELATIVE.format(Math.trunc(distance / size), unit);
  }
  return Math.abs(distance) < 10_000 ? 'just now' : RELATIVE.format(Math.trunc(distance / 1000), 'second');
}

export function absolute(date: string): string {
  return MOMENT.format(new Date(date));
}

export function clock(date: string): string {
  const at = new Date(date);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1) return '< 1 ms';
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes, rest] = [
    Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60,
  ];
  const two = (much: number, one: string, little: number, other: string) => `${much} ${one}${little ? ` ${little} ${other}` : ''}`;
  if (days) return two(days, 'd', hours, 'h');
  return hours ? two(hours, 'h', minutes, 'min') : two(minutes, 'min', rest, 's');
}

const ISO = /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Reads `PT1H30M`; `undefined` when it is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = ISO.exec(text.trim());
  if (!match || match.slice(1).every((part) => part === undefined)) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1000;
}
