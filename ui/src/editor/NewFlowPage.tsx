import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { flow as flowQuery } from '@/api/queries';
import { one } from '@/app/search';
import { Failed, Loading } from '@/ui/Notes';
import { PageHead } from '@/ui/Page';
import { FlowEditor } from './FlowEditor';
import { copyOf, newFlow } from './templates';

/** A blank flow, or with `?copyOf=namespace/id` one like another. */
export function NewFlowPage() {
  const navigate = useNavigate();
  const search = useSearch({ from: '/main/flows/new' });
  const [namespace = '', id = ''] = (one(search, 'copyOf') ?? '').split('/');
  const { data, error } = useQuery({ ...flowQuery(namespace, id), enabled: id !== '' });
  const [blank] = useState(() => newFlow(one(search, 'namespace') ?? 'company.team'));
  if (error) return <Failed error={error} />;
  if (id && !data) return <Loading />;
  const open = (flow: { namespace: string; id: string }, execute?: string) =>
    void navigate({
      to: '/main/flows/edit/$namespace/$id/$tab', params: { namespace: flow.namespace, id: flow.id, tab: 'edit' },
      search: execute ? { execute } : {}, ignoreBlocker: true,
    });
  return (
    <>
      <PageHead title="New flow" crumbs={<Link to="/main/flows">Flows</Link>} />
      <FlowEditor initial={data ? copyOf(data.source ?? '', id) : blank} onSaved={(flow) => open(flow)} onExecute={(flow) => open(flow, 'true')} />
    </>
  );
}
