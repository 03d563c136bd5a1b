/** Whether the server can be reached: requests tell it, and while it cannot, it is tried again and again. */
import { useSyncExternalStore } from 'react';

const PROBE = '/api/v1/configs';
const LONGEST = 5000;

let isLost = false;
const listeners = new Set<() => void>();

export function reportReached(): void {
  if (isLost) set(false);
}

export function reportLost(): void {
  if (isLost) return;
  set(true);
  void probe(500);
}

function set(next: boolean): void {
  isLost = next;
  listeners.forEach((listener) => listener());
}

async function probe(after: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, after));
  if (!isLost) return;
  try {
    await fetch(PROBE, { cache: 'no-store' });
    set(false);
  } catch {
    void probe(Math.min(LONGEST, after * 1.5));
  }
}

// The browser knows at once when it has no network; requests would only wait.
window.addEventListener('offline', reportLost);

export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnectionLost(): boolean {
  return useSyncExternalStore(onConnection, () => isLost);
}
