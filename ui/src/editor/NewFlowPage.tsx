import { PageHead } from '@/ui/Page';

export function NewFlowPage() {
  return <PageHead title="New flow" />;
}
