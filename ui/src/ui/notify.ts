import { notifications } from '@mantine/notifications';

export const tell = (message: string): void => {
  notifications.show({ message, color: 'green', autoClose: 3000 });
};

export const tellFailure = (title: string, error: unknown): void => {
  notifications.show({ title, message: error instanceof Error ? error.message : String(error), color: 'red', autoClose: 8000 });
};
