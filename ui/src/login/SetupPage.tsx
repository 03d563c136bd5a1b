import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ApiError, createUser, login } from '@/api/client';
import { configuration } from '@/api/queries';
import { client } from '@/app/client';
import { Door } from './Door';
import { passwordRules } from './rules';

function Rules({ password }: { password: string }) {
  return (
    <ul className="rules">
      {passwordRules(password).map(({ text, isKept }) => (
        <li key={text} data-kept={isKept}>{isKept ? '✓' : '·'} {text}</li>
      ))}
    </ul>
  );
}

export function SetupPage() {
  const navigate = useNavigate();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const isGood = passwordRules(password).every((rule) => rule.isKept);

  const create = async () => {
    await createUser(username.trim(), password);
    await client.invalidateQueries({ queryKey: configuration().queryKey });
    await client.fetchQuery(configuration());
    await login(username.trim(), password);
    await navigate({ to: '/main/welcome' });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isGood || again !== password) {
      setProblem(isGood ? 'The two passwords differ.' : 'The password does not keep the rules below it.');
      return;
    }
    setBusy(true);
    try {
      await create();
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields.map((field) => field.message).join(' ') : '';
      setProblem(fields || (error instanceof Error ? error.message : String(error)));
      setBusy(false);
    }
  };
  return (
    <Door title="Welcome. Who are you?">
      <p className="quiet">This server is new. The account you name here is the one that may do everything on it.</p>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          {problem && <Alert color="red" role="alert" py="xs">{problem}</Alert>}
          <TextInput label="E-mail" type="email" name="username" autoComplete="username" required size="sm" autoFocus
            value={username} onChange={(event) => setUsername(event.currentTarget.value)} />
          <div>
            <PasswordInput label="Password" name="password" autoComplete="new-password" required size="sm"
              value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
            <Rules password={password} />
          </div>
          <PasswordInput label="Password again" name="again" autoComplete="new-password" required size="sm"
            value={again} onChange={(event) => setAgain(event.currentTarget.value)}
            error={again && again !== password ? 'It differs from the first.' : undefined} />
          <Button type="submit" size="sm" mt="xs" loading={isBusy} fullWidth>Create the account</Button>
        </Stack>
      </form>
    </Door>
  );
}
