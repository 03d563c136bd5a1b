/** The four faces of a list that has nothing to show: loading, empty, failed, lost. */
import { Alert, Button, Skeleton } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { ApiError } from '@/api/client';

export function Loading({ rows = 6 }: { rows?: number }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label="Loading" style={{ padding: 12 }}>
      {isShown && Array.from({ length: rows }, (_, row) => <Skeleton key={row} height={20} mb={10} />)}
    </div>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const said = error instanceof Error ? error.message : String(error);
  const message = said.replace(/^Not Found: /, '');
  const isMissing = error instanceof ApiError && error.status === 404;
  return (
    <Alert color="red" role="alert" title={isMissing ? 'This does not exist' : 'The server could not answer'} my="sm">
      <div style={{ whiteSpace: 'pre-wrap', marginBottom: onRetry ? 10 : 0 }}>{message}</div>
      {onRetry && <Button size="xs" variant="default" onClick={onRetry}>Try again</Button>}
    </Alert>
  );
}

export function LostConnection() {
  return <div className="lost" role="status">The connection to the server is lost. Trying again…</div>;
}
