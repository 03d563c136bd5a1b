/** The inputs of a form, checked by the server as they are typed; a late answer never takes the place of a newer one. */
import { useEffect, useMemo, useState } from 'react';
import { ApiError, ask } from '@/api/client';
import type { CheckedInput, CheckedInputs, Input, JsonMap } from '@/api/types';
import { formOf, startValues, textOf, type Value, type Values } from './values';

const PATIENCE = 400;

export function useAsked(path: string, declared: readonly Input[] | undefined, given: JsonMap | undefined) {
  const [typed, setTyped] = useState<Values>({});
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [checked, setChecked] = useState<readonly CheckedInput[]>();
  const [error, setError] = useState<string>();
  const start = useMemo(() => startValues(declared ?? [], given), [declared, given]);
  const own = useMemo(() => ({ ...start, ...typed }), [start, typed]);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      ask<CheckedInputs>(path, { method: 'POST', form: formOf(own), signal: stop.signal })
        .then(({ inputs }) => setChecked(inputs))
        .catch((failed: unknown) => {
          if (!stop.signal.aborted) setError(failed instanceof Error ? failed.message : String(failed));
        });
    }, PATIENCE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [path, own]);
  // Defaults are shown until something else is typed.
  const values: Values = { ...Object.fromEntries((checked ?? []).map((one) => [one.input.id, textOf(one.value)])), ...own };
  const set = (id: string, value: Value) => {
    setTyped((before) => ({ ...before, [id]: value }));
    setTouched((before) => new Set(before).add(id));
  };
  /** Tells what the server refused, on the fields where it can. */
  const refused = (failed: unknown) => {
    setTouched(new Set((declared ?? checked?.map((one) => one.input) ?? []).map((one) => one.id)));
    const fields = failed instanceof ApiError ? failed.fields.map((one) => `${one.path}: ${one.message}`) : [];
    setError([failed instanceof Error ? failed.message : String(failed), ...fields].join('\n'));
  };
  return { inputs: declared ?? checked?.map((one) => one.input), checked, values, touched, set, error, refused, form: () => formOf(values, checked) };
}
