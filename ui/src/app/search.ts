/** Search parameters as plain text, so that an address can be read, typed and shared: a repeated name is a list. */
export type Search = Record<string, string | string[] | undefined>;

export function parseSearch(text: string): Search {
  const found: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = found[name];
    if (before === undefined) found[name] = value;
    else found[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return found;
}

export function writeSearch(search: Record<string, unknown>): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    values.filter((one) => one !== undefined && one !== null && one !== '').forEach((one) => found.append(name, String(one)));
  }
  const text = found.toString().replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('%3A', ':').replaceAll('%2C', ',');
  return text ? `?${text}` : '';
}

/** What a page reads: one value, the first of several. */
export function one(search: Search, name: string): string | undefined {
  const value = search[name];
  return Array.isArray(value) ? value[0] : value;
}

export function many(search: Search, name: string): string[] {
  const value = search[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
