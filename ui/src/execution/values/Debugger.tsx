/** Tries an expression as a task run, or the execution, sees it; nothing is run. */
import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { MAIN, ask } from '@/api/client';
import type { TaskRun } from '@/api/types';

interface Answer {
  result?: string;
  error?: string;
}

/** JSON is easier to read with lines. */
function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

export function Debugger({ executionId, run, text, onText }: {
  executionId: string; run?: TaskRun; text: string; onText: (text: string) => void;
}) {
  const tried = useMutation({
    mutationFn: (expression: string) =>
      ask<Answer>(`${MAIN}/executions/${executionId}/eval${run ? `/${run.id}` : ''}`, { method: 'POST', text: expression }),
  });
  const go = () => tried.mutate(text.includes('{{') || text.includes('{%') ? text : `{{ ${text} }}`);
  const problem = tried.data?.error ?? (tried.error ? tried.error.message : undefined);
  return (
    <section className="surface panel debug" aria-label="Expression">
      <h2>Try an expression</h2>
      <Stack gap="xs">
        <Textarea aria-label="Expression" autosize minRows={2} maxRows={10} value={text} placeholder="outputs.task.value | upper" spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mono)' } }} onChange={(event) => onText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) go();
          }} />
        <Group justify="space-between">
          <span className="quiet">{run ? `as ${run.taskId}${run.value ? ` for ${run.value}` : ''} sees it` : 'as the execution sees it'}</span>
          <Button onClick={go} loading={tried.isPending} disabled={!text.trim()}>Evaluate</Button>
        </Group>
        {problem && <pre className="value" role="alert" style={{ color: 'var(--failed)' }}>{problem}</pre>}
        {tried.data?.result !== undefined && <pre className="value" aria-label="Result">{laidOut(tried.data.result)}</pre>}
      </Stack>
    </section>
  );
}
