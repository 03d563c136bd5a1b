/** All addresses below /ui. Pages are loaded when they are opened; old shapes of Kestra's links lead to ours. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { isLoggedIn } from '@/api/client';
import { configuration, execution, flows as flowsQuery } from '@/api/queries';
import { BrokenPage, NoPage } from './Broken';
import { client } from './client';
import { parseSearch, writeSearch, type Search } from './search';
import { Shell } from './Shell';

const anything = (search: Record<string, unknown>): Search => search as Search;

const root = createRootRoute({ notFoundComponent: NoPage, validateSearch: anything });

/** Where somebody without a session is sent, and from where they come back. */
async function door(here: string, from: string): Promise<void> {
  const { isBasicAuthInitialized } = await client.ensureQueryData(configuration());
  const wanted = !isBasicAuthInitialized ? '/setup' : isLoggedIn() ? '/main' : '/login';
  if (wanted === here) return;
  throw redirect({ to: wanted, search: wanted === '/login' && !['/main', '/main/dashboards'].includes(from) ? { from } : {}, replace: true });
}

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  beforeLoad: () => door('/login', '/'),
  component: lazyRouteComponent(() => import('@/login/LoginPage'), 'LoginPage'),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: () => door('/setup', '/'),
  component: lazyRouteComponent(() => import('@/login/SetupPage'), 'SetupPage'),
});

const main = createRoute({
  getParentRoute: () => root,
  path: '/main',
  component: Shell,
  beforeLoad: ({ location }) => door('/main', location.href),
  errorComponent: BrokenPage,
});

const index = createRoute({
  getParentRoute: () => main,
  path: '/',
  // Where nothing is yet, the first steps are the home.
  beforeLoad: async () => {
    const { total } = await client.ensureQueryData(flowsQuery({ size: 1 }));
    throw redirect({ to: total === 0 ? '/main/welcome' : '/main/dashboards', replace: true });
  },
});

const home = createRoute({
  getParentRoute: () => main,
  path: '/dashboards',
  component: lazyRouteComponent(() => import('@/home/HomePage'), 'HomePage'),
});

const welcome = createRoute({
  getParentRoute: () => main,
  path: '/welcome',
  component: lazyRouteComponent(() => import('@/home/WelcomePage'), 'WelcomePage'),
});

const flows = createRoute({
  getParentRoute: () => main,
  path: '/flows',
  component: lazyRouteComponent(() => import('@/flows/FlowsPage'), 'FlowsPage'),
});

const newFlow = createRoute({
  getParentRoute: () => main,
  path: '/flows/new',
  component: lazyRouteComponent(() => import('@/editor/NewFlowPage'), 'NewFlowPage'),
});

const flow = createRoute({
  getParentRoute: () => main,
  path: '/flows/edit/$namespace/$id/$tab',
  component: lazyRouteComponent(() => import('@/editor/FlowPage'), 'FlowPage'),
});

const flowStart = createRoute({
  getParentRoute: () => main,
  path: '/flows/edit/$namespace/$id',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/main/flows/edit/$namespace/$id/$tab', params: { ...params, tab: 'edit' }, replace: true });
  },
});

const executions = createRoute({
  getParentRoute: () => main,
  path: '/executions',
  component: lazyRouteComponent(() => import('@/executions/ExecutionsPage'), 'ExecutionsPage'),
});

const executionPage = createRoute({
  getParentRoute: () => main,
  path: '/executions/$namespace/$flowId/$id/$tab',
  component: lazyRouteComponent(() => import('@/execution/ExecutionPage'), 'ExecutionPage'),
});

const executionStart = createRoute({
  getParentRoute: () => main,
  path: '/executions/$namespace/$flowId/$id',
  beforeLoad: ({ params }) => {
    const place = { ...params, tab: 'overview' };
    throw redirect({ to: '/main/executions/$namespace/$flowId/$id/$tab', params: place, replace: true });
  },
});

const executionById = createRoute({
  getParentRoute: () => main,
  path: '/executions/$id',
  errorComponent: BrokenPage,
  loader: async ({ params: { id } }) => {
    const { namespace, flowId } = await client.ensureQueryData(execution(id));
    const place = { namespace, flowId, id, tab: 'overview' };
    throw redirect({ to: '/main/executions/$namespace/$flowId/$id/$tab', params: place, replace: true });
  },
});

const logs = createRoute({
  getParentRoute: () => main,
  path: '/logs',
  component: lazyRouteComponent(() => import('@/logs/LogsPage'), 'LogsPage'),
});

const docs = createRoute({
  getParentRoute: () => main,
  path: '/docs/$',
  component: lazyRouteComponent(() => import('@/docs/DocsPage'), 'DocsPage'),
});

const docsStart = createRoute({
  getParentRoute: () => main,
  path: '/docs/',
  beforeLoad: () => {
    throw redirect({ to: '/main/docs/$', params: { _splat: 'README.md' }, replace: true });
  },
});

const missing = createRoute({ getParentRoute: () => main, path: '/$', component: NoPage });

/** Addresses without a tenant, as Kestra's own links may have them. */
const short = createRoute({
  getParentRoute: () => root,
  path: '/$',
  beforeLoad: ({ params, location, search }) => {
    const rest = params._splat ?? '';
    const name = rest.split('/')[0] ?? '';
    if (!['', 'flows', 'executions', 'logs', 'dashboards'].includes(name)) return;
    throw redirect({ href: `/main/${rest || 'dashboards'}${writeSearch(search)}${location.hash && `#${location.hash}`}` });
  },
  component: NoPage,
});

const tree = root.addChildren([
  login,
  setup,
  main.addChildren([
    index, home, welcome, flows, newFlow, flow, flowStart, executions, executionPage, executionStart, executionById, logs,
    docs, docsStart, missing,
  ]),
  short,
]);

export const router = createRouter({
  routeTree: tree,
  basepath: '/ui',
  parseSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  defaultErrorComponent: BrokenPage,
  defaultNotFoundComponent: NoPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
