import type { Flow, Label } from '@/api/types';

/** Labels are a list in executions and may be a map in flows. */
export function labelsOf(labels: Flow['labels']): Label[] {
  if (!labels) return [];
  return Array.isArray(labels) ? labels : Object.entries(labels).map(([key, value]) => ({ key, value: String(value) }));
}
