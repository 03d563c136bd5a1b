/** Filters of a list: chips on the screen, `filters[field][OPERATOR]=value` in the address and to the server. */
import type { Search } from '@/app/search';
import { absolute } from '@/format/time';

export interface Chip {
  field: string;
  operator: string;
  /** Of labels. */
  key?: string;
  value: string;
}

export type FieldKind = 'text' | 'states' | 'namespace' | 'labels' | 'range' | 'level' | 'choice' | 'date';

export interface Field {
  name: string;
  label: string;
  kind: FieldKind;
  operators: readonly string[];
  choices?: readonly { value: string; label: string }[];
}

export const OPERATORS: Record<string, string> = {
  EQUALS: 'is', NOT_EQUALS: 'is not', IN: 'is', NOT_IN: 'is not', PREFIX: 'is or is below', CONTAINS: 'contains',
  STARTS_WITH: 'begins with', ENDS_WITH: 'ends with', REGEX: 'matches', GREATER_THAN_OR_EQUAL_TO: 'at or after', LESS_THAN: 'before',
};

export const RANGES = [
  { value: 'PT5M', label: '5 minutes' },
  { value: 'PT1H', label: 'hour' },
  { value: 'PT24H', label: '24 hours' },
  { value: 'P7D', label: '7 days' },
  { value: 'P30D', label: '30 days' },
] as const;

const KEY = /^filters\[([^[\]]+)\]\[([^[\]]+)\](?:\[([^[\]]+)\])?$/;
const listOf = (value: string | string[] | undefined) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** Reads the chips of an address; several values of one list field are one chip. */
export function chipsOf(search: Search): Chip[] {
  const found: Chip[] = [];
  for (const [name, given] of Object.entries(search)) {
    const match = KEY.exec(name);
    if (!match) continue;
    const [, field = '', operator = '', key] = match;
    const values = listOf(given).filter((value) => value !== '');
    if (operator === 'IN' || operator === 'NOT_IN') {
      if (values.length) found.push({ field, operator, value: values.join(',') });
    } else {
      values.forEach((value) => found.push(labelChip({ field, operator, key, value })));
    }
  }
  return found;
}

/** `filters[labels][EQUALS]=team:a` means what `filters[labels][EQUALS][team]=a` does. */
function labelChip(chip: Chip): Chip {
  if (chip.field !== 'labels' || chip.key !== undefined) return chip;
  const colon = chip.value.indexOf(':');
  if (colon < 1) return chip;
  return { ...chip, key: chip.value.slice(0, colon), value: chip.value.slice(colon + 1) };
}

/** What else the address holds stays; the page number does not, for it counted other rows. */
export function searchWith(search: Search, chips: readonly Chip[]): Search {
  const kept = Object.entries(search).filter(([name]) => !KEY.test(name) && name !== 'page');
  const found: Search = Object.fromEntries(kept);
  for (const { field, operator, key, value } of chips) {
    const name = `filters[${field}][${operator}]${key === undefined ? '' : `[${key}]`}`;
    found[name] = name in found ? [...listOf(found[name]), value] : value;
  }
  return found;
}

/** Only what the server is asked: the filters. */
export const filtersIn = (search: Search): Search => Object.fromEntries(Object.entries(search).filter(([name]) => KEY.test(name)));

export const same = (one: Chip, other: Chip): boolean =>
  one.field === other.field && one.operator === other.operator && one.key === other.key && one.value === other.value;

/** Adds a chip, or takes it away when it is there: a click on a state, a label, a namespace. */
export function toggled(chips: readonly Chip[], chip: Chip): Chip[] {
  return chips.some((one) => same(one, chip)) ? chips.filter((one) => !same(one, chip)) : [...chips, chip];
}

/** A chip in words: "Namespace is or is below company". */
export function words(chip: Chip, field: Field | undefined): string {
  const label = field?.label ?? chip.field;
  if (field?.kind === 'range') return `Last ${RANGES.find((one) => one.value === chip.value)?.label ?? chip.value}`;
  if (field?.kind === 'level') return `${label} at least ${chip.value}`;
  if (field?.kind === 'date') return `${label} ${OPERATORS[chip.operator] ?? chip.operator} ${absolute(chip.value)}`;
  const how = OPERATORS[chip.operator] ?? chip.operator.toLowerCase().replaceAll('_', ' ');
  if (chip.key !== undefined) return `${label} ${chip.key} ${how} ${chip.value}`;
  const value = field?.choices?.find((one) => one.value === chip.value)?.label ?? chip.value.split(',').join(' or ');
  return `${label} ${how} ${value}`;
}
