import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { login } from '@/api/client';

export function LoginForm({ onDone }: { onDone: () => void }) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      await login(String(form.get('username')).trim(), String(form.get('password')));
      setProblem(undefined);
      onDone();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        {problem && <Alert color="red" role="alert" py="xs">{problem}</Alert>}
        <TextInput name="username" label="E-mail" type="email" autoComplete="username" required size="sm" autoFocus />
        <PasswordInput name="password" label="Password" autoComplete="current-password" required size="sm" />
        <Button type="submit" size="sm" mt="xs" loading={isBusy} fullWidth>Log in</Button>
      </Stack>
    </form>
  );
}
