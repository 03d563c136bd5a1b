/** Over the page when the session has ended. */
import { Modal } from '@mantine/core';
import { LoginForm } from '@/login/LoginForm';

export function ReLogin({ onDone }: { onDone: () => void }) {
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title="Your session has ended" centered>
      <p className="quiet" style={{ marginTop: 0 }}>Log in again: the page stays as it is.</p>
      <LoginForm onDone={onDone} />
    </Modal>
  );
}
