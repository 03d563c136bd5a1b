/** A bird with spread wings, the same as the icon in index.html. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#4c51bf" />
      <path d="M6 19c5-1 8-4 10-9 2 5 5 8 10 9-4 1-7 1-10 5-3-4-6-4-10-5z" fill="#fff" />
    </svg>
  );
}
