import { useNavigate, useRouter } from '@tanstack/react-router';
import { one } from '@/app/search';
import { Door } from './Door';
import { LoginForm } from './LoginForm';

/** Where a login leads back to: only addresses of this UI. */
function target(from: string | undefined): string {
  return from?.startsWith('/ui/main') || from?.startsWith('/main') ? from.replace(/^\/ui/, '') : '/main';
}

export function LoginPage() {
  const navigate = useNavigate();
  const router = useRouter();
  const enter = () => void navigate({ href: target(one(router.state.location.search, 'from')) });
  return (
    <Door title="Log in">
      <LoginForm onDone={enter} />
      <details className="hint">
        <summary>Trouble logging in?</summary>
        <p>
          The account is the one that was named when this server was first opened, or the one in its settings{' '}
          (<code>basic_auth.username</code> and <code>basic_auth.password</code>). Whoever runs the server can set new ones
          there and start it again.
        </p>
      </details>
    </Door>
  );
}
