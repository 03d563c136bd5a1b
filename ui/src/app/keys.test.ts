import { renderHook } from '@/testing/render';
import { expect, test, vi } from 'vitest';
import { onKey, present, useKeys } from './keys';

const press = (key: string, target: EventTarget = document.body) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
  Object.defineProperty(event, 'target', { value: target });
  onKey(event);
};

test('a sequence runs, and only when it is whole', () => {
  const run = vi.fn();
  const { unmount } = renderHook(() => useKeys([{ keys: 'g f', label: 'flows', run }]));
  press('f');
  expect(run).not.toHaveBeenCalled();
  press('g');
  press('f');
  expect(run).toHaveBeenCalledOnce();
  unmount();
});

test('typing in a field is not commanding', () => {
  const run = vi.fn();
  const { unmount } = renderHook(() => useKeys([{ keys: 'r', label: 'refresh', run }]));
  press('r', document.createElement('input'));
  expect(run).not.toHaveBeenCalled();
  unmount();
});

test('keys go away with their page', () => {
  const { unmount } = renderHook(() => useKeys([{ keys: 'x', label: 'select', run: () => undefined }]));
  expect(present().map((one) => one.keys)).toEqual(['x']);
  unmount();
  expect(present()).toEqual([]);
});
