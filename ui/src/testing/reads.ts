/**
 * Counts how often properties of many things are read: work that looks at each a few times does not become work that compares
 * each with all others without a test that fails, however busy the machine is. Milliseconds are measured by `ui/bench`.
 */
export function readsOf<T extends object>(things: readonly T[], names: readonly (keyof T & string)[]): { things: T[]; count: () => number } {
  let count = 0;
  const watched = things.map((thing) => {
    const copy = { ...thing };
    for (const name of names) {
      Object.defineProperty(copy, name, {
        enumerable: true,
        get: () => {
          count += 1;
          return thing[name];
        },
      });
    }
    return copy;
  });
  return { things: watched, count: () => count };
}
