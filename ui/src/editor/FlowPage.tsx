import { PageHead } from '@/ui/Page';

export function FlowPage() {
  return <PageHead title="Flow" />;
}
