import { PageHead } from '@/ui/Page';

export function WelcomePage() {
  return <PageHead title="Welcome" />;
}
