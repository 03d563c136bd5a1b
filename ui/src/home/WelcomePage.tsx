/** The first visit: what this is, and a flow that can be run at once. */
import { Button, Group } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, MAIN, ask } from '@/api/client';
import type { Execution } from '@/api/types';
import { client } from '@/app/client';
import { Icon } from '@/ui/Icon';
import { PageHead } from '@/ui/Page';
import { tellFailure } from '@/ui/notify';
import './welcome.css';

const NAMESPACE = 'tutorial';
const ID = 'welcome';
const SOURCE = `id: ${ID}
namespace: ${NAMESPACE}
description: Greets somebody, does two things at the same time, and counts to three.

inputs:
  - id: name
    type: STRING
    defaults: newcomer

tasks:
  - id: greet
    type: io.kestra.plugin.core.log.Log
    message: "Hello {{ inputs.name }}, it is {{ now() }}"

  - id: together
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - id: left
        type: io.kestra.plugin.core.debug.Return
        format: "This runs beside {{ task.id == 'left' ? 'right' : 'left' }}"
      - id: right
        type: io.kestra.plugin.core.flow.Sleep
        duration: PT2S

  - id: count
    type: io.kestra.plugin.core.flow.ForEach
    values: [1, 2, 3]
    tasks:
      - id: say
        type: io.kestra.plugin.core.log.Log
        message: "{{ taskrun.value }}"

outputs:
  - id: said
    type: STRING
    value: "{{ outputs.left.value }}"
`;

async function prepare(): Promise<void> {
  try {
    await ask(`${MAIN}/flows`, { method: 'POST', yaml: SOURCE });
    await client.invalidateQueries({ queryKey: ['flows'] });
  } catch (error) {
    // 422: it is there already, perhaps changed by now; then that one is run.
    if (!(error instanceof ApiError && error.status === 422)) throw error;
    await ask(`${MAIN}/flows/${NAMESPACE}/${ID}`);
  }
}

const STEPS = [
  { title: 'A flow is a text', text: 'YAML with an id, a namespace and tasks. The editor completes it, explains it and draws it while you type.' },
  { title: 'An execution is one run of it', text: 'You see each task as it runs: when it began, what it logged, what it gave.' },
  { title: 'Nothing is lost', text: 'Stop the server in the middle: it goes on where it was. A run that failed is restarted from the task that failed.' },
];

export function WelcomePage() {
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      await prepare();
      const { id } = await ask<Execution>(`${MAIN}/executions/${NAMESPACE}/${ID}`, { method: 'POST' });
      await navigate({ to: '/main/executions/$namespace/$flowId/$id/$tab', params: { namespace: NAMESPACE, flowId: ID, id, tab: 'gantt' } });
    } catch (error) {
      tellFailure('The flow could not be run', error);
      setBusy(false);
    }
  };
  const open = async () => {
    try {
      await prepare();
      await navigate({ to: '/main/flows/edit/$namespace/$id/$tab', params: { namespace: NAMESPACE, id: ID, tab: 'edit' } });
    } catch (error) {
      tellFailure('The flow could not be made', error);
    }
  };
  return (
    <div className="welcome">
      <PageHead title="Welcome to Lanner" />
      <p className="lead">Tell it what to do, in which order and when; it does that, keeps the logs and the results, and tries again when something fails.</p>
      <section className="surface welcome-card" aria-label="A first flow">
        <h2>Run a first flow now</h2>
        <p className="quiet">It greets you, runs two tasks at the same time and counts to three. It takes two seconds and needs nothing else.</p>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by keyboard */}
        <pre className="value welcome-code" tabIndex={0} aria-label="Source of the flow">{SOURCE}</pre>
        <Group gap="xs" mt="md">
          <Button size="sm" loading={isBusy} leftSection={<Icon name="play" size={14} />} onClick={() => void run()}>Run it</Button>
          <Button size="sm" variant="default" onClick={() => void open()}>Open it in the editor</Button>
          <Button size="sm" variant="default" component={Link} to="/main/flows/new">Begin with an empty flow</Button>
        </Group>
      </section>
      <ol className="welcome-steps">
        {STEPS.map(({ title, text }) => <li key={title} className="surface"><h2>{title}</h2><p className="quiet">{text}</p></li>)}
      </ol>
    </div>
  );
}
