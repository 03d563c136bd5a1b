/** What tests of hooks and components need of React; not part of the build. */
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

export function render(node: ReactNode) {
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host);
  act(() => root.render(node));
  return {
    host,
    unmount: () => {
      act(() => root.unmount());
      host.remove();
    },
  };
}

export function renderHook<T>(use: () => T) {
  const found: { value?: T } = {};
  function Probe() {
    found.value = use();
    return null;
  }
  return { result: found, ...render(<Probe />) };
}
