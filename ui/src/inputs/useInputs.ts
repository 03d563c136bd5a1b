/** The inputs of a form, looked at by the server while they are filled in: which there are, their options, defaults and faults. */
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ApiError, ask } from '@/api/client';
import type { CheckedInput, CheckedInputs, FailedCheck } from '@/api/types';
import { client } from '@/app/client';
import { formOf, type Values } from './values';

const PAUSE = 300;

const look = (path: string, values: Values, signal?: AbortSignal) => ask<CheckedInputs>(path, { method: 'POST', form: formOf(values), signal });
const nameOf = (value: string | File): string => (value instanceof File ? `${value.name} ${value.size} ${value.lastModified}` : value);
const keyOf = (path: string, values: Values) => ['inputs', path, Object.entries(values).map(([name, value]) => [name, nameOf(value)])];

export interface Inputs {
  /** Those that are asked for, with what the server says of them; absent until it has answered. */
  shown: CheckedInput[] | undefined;
  checks: FailedCheck[];
  /** What was entered or given; the rest has its defaults. */
  values: Values;
  error: unknown;
  isChecking: boolean;
  isTouched: boolean;
  /** Grows when all values are replaced: editors that keep their text to themselves are made anew. */
  round: number;
  retry: () => void;
  set: (name: string, value: string | File | undefined) => void;
  replace: (values: Values) => void;
  /** The fault to show at a field: only where somebody was already, or has tried to send. */
  faultOf: (checked: CheckedInput) => string | undefined;
  /** Asks anew, as what was typed last may not have been looked at yet; from now on all faults are shown. */
  areAccepted: () => Promise<boolean>;
  /** What is to be sent: nothing of inputs that are not asked for. */
  wanted: () => Values;
}

/** `path` is where the server looks at the values; `start` is what the form begins with. */
export function useInputs(path: string, start: Values = {}): Inputs {
  const [values, setValues] = useState(start);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [isTried, setTried] = useState(false);
  const [round, setRound] = useState(0);
  const [calm] = useDebouncedValue(values, PAUSE);
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: keyOf(path, calm),
    queryFn: ({ signal }) => look(path, calm, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const shown = useMemo(() => data?.inputs.filter((one) => one.enabled), [data]);
  return {
    shown, values, error, round, checks: data?.checks ?? [], isChecking: isFetching, isTouched: touched.size > 0,
    retry: () => void refetch(),
    set: (name, value) => {
      setTouched((before) => new Set(before).add(name));
      setValues((before) => {
        const rest = Object.fromEntries(Object.entries(before).filter(([one]) => one !== name));
        return value === undefined ? rest : { ...rest, [name]: value };
      });
    },
    replace: (next) => {
      setValues(next);
      setTouched(new Set(Object.keys(next)));
      setRound(round + 1);
    },
    faultOf: ({ input, errors }) => (isTried || touched.has(input.id) ? errors?.map((one) => one.message).join('\n') || undefined : undefined),
    areAccepted: async () => {
      setTried(true);
      try {
        const fresh = await look(path, values);
        client.setQueryData(keyOf(path, values), fresh);
        return !fresh.inputs.some((one) => one.enabled && one.errors?.length);
      } catch {
        return true; // the request itself will tell what is wrong
      }
    },
    wanted: () => Object.fromEntries(Object.entries(values).filter(([name]) => shown?.some((one) => one.input.id === name))),
  };
}

/** What a refused request says, with what it says of single fields. */
export function refusalOf(error: unknown): string {
  const fields = error instanceof ApiError ? error.fields.map((field) => field.message) : [];
  return [error instanceof Error ? error.message : String(error), ...fields].join('\n');
}
