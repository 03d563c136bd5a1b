import { Button } from '@mantine/core';
import { Link, useRouter } from '@tanstack/react-router';
import { Empty, Failed } from '@/ui/Notes';

/** What stands in place of a page that failed; the shell around it stays. */
export function BrokenPage({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return <Failed error={error} onRetry={again} />;
}

export function NoPage() {
  return (
    <Empty title="There is no page here" action={<Button component={Link} to="/main/flows">To the flows</Button>}>
      The address may be mistyped, or what it named was moved.
    </Empty>
  );
}
