/** Line icons on a 16-unit square, drawn for this UI. */
const PATHS = {
  home: 'M2.5 7.5 8 3l5.5 4.5M4 6.8V13h3v-3.5h2V13h3V6.8',
  flows: 'M3 3h4v3H3zM9 10h4v3H9zM5 6v5.5h4',
  runs: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM7 6l3 2-3 2z',
  play: 'M5 3.5v9l7.5-4.5z',
  plus: 'M8 3v10M3 8h10',
  search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM10.2 10.2 13.5 13.5',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1',
  moon: 'M13 9.6A5.5 5.5 0 0 1 6.4 3a5.3 5.3 0 1 0 6.6 6.6z',
  system: 'M2.5 3.5h11v7.5h-11zM6 13.5h4M8 11v2.5',
  user: 'M8 2.8a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM3 13.2c.6-2.6 2.5-3.7 5-3.7s4.400 1.100 5 3.700',
  leave: 'M9.500 3H3.500v10h6M7 8h6.500M11 5.500 13.500 8 11 10.500',
  help: 'M6 6a2 2 0 1 1 2.800 1.800c-.6.3-.8.7-.8 1.400M8 11.800v.2M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z',
  menu: 'M2.500 4.500h11M2.500 8h11M2.500 11.500h11',
  check: 'M3.500 8.500 6.500 11.500 12.500 5',
  cross: 'M4 4l8 8M12 4l-8 8',
  clock: 'M8 2.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11zM8 5v3.200l2 1.300',
  stop: 'M4.500 4.500h7v7h-7z',
  pause: 'M5.500 4v8M10.500 4v8',
  spin: 'M8 2.500a5.500 5.500 0 1 1-5.500 5.500',
  triangle: 'M8 3 14 13H2zM8 6.800v2.800M8 11.300v.2',
  rewind: 'M3 8a5 5 0 1 1 1.600 3.700M3 4.500V8h3.500',
  copy: 'M6 6h7v7H6zM3.500 10.500H3V3h7.500v.5',
  trash: 'M3 4.500h10M6.500 4.500V3h3v1.500M4.500 4.500l.5 8.500h6l.5-8.500',
  down: 'M4 6.500 8 10.500 12 6.500',
  right: 'M6.500 4 10.500 8 6.500 12',
  save: 'M3 3h8l2 2v8H3zM5.500 3v3.500h5V3M5.500 13V9.500h5V13',
  file: 'M4 2.500h5l3 3v8H4zM9 2.500v3h3',
  download: 'M8 2.500v7.500M4.800 7 8 10.200 11.200 7M3 13h10',
  dots: 'M4 8h.1M8 8h.1M12 8h.1',
  book: 'M3 3.500c2 0 3.500.3 5 1.500 1.500-1.200 3-1.500 5-1.500v9c-2 0-3.500.3-5 1.500-1.500-1.200-3-1.500-5-1.500zM8 5v9',
  graph: 'M6.500 2.500h3v3h-3zM2.500 10.500h3v3h-3zM10.500 10.500h3v3h-3zM8 5.500V8M4 10.500V8h8v2.500',
  logs: 'M3 4h10M3 8h7M3 12h9',
  outline: 'M2.500 3.500h7M6.500 8H13M6.500 12.500H13M4 3.500v9h2.500M4 8h2.500',
  across: 'M2 5.500h4.500v5H2zM9.500 5.500H14v5H9.500zM6.500 8h3',
  downwards: 'M5.500 2h5v4.500h-5zM5.500 9.500h5V14h-5zM8 6.500v3',
  fold: 'M3 3.500h10v9H3zM6.500 3.500v9M11 6.500 9.500 8 11 9.500',
  unfold: 'M3 3.500h10v9H3zM6.500 3.500v9M9.500 6.500 11 8 9.500 9.500',
  upload: 'M8 10V2.500M4.800 5.500 8 2.300 11.200 5.500M3 13h10',
  filter: 'M2.500 4h11M4.500 8h7M6.500 12h3',
  edit: 'M3 13l.6-2.800L10.500 3.300l2.200 2.200L5.800 12.400z',
  minus: 'M3 8h10',
  fit: 'M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3',
  link: 'M6.800 9.200a2.500 2.500 0 0 0 3.500 0l2-2a2.500 2.500 0 0 0-3.500-3.500l-.8.8M9.200 6.800a2.500 2.500 0 0 0-3.500 0l-2 2a2.500 2.500 0 0 0 3.500 3.500l.8-.8',
  tag: 'M3 3h5l5.200 5.200-5 5L3 8zM5.800 5.800h.1',
  bolt: 'M9 2 4 9h3.500L7 14l5-7H8.500z',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5"
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
