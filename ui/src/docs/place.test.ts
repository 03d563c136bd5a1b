import { expect, test } from 'vitest';
import { dress } from './dress';
import { anchorOf, groupsOf, labelOf, pageAt, pageOfType, targetOf, type Listed, type Target } from './place';

const ECHO = 'reference/tasks/core/core.debug.Echo.md';
const LISTED: Listed[] = [
  { path: 'README.md', title: 'Documentation' },
  { path: 'concepts/flows.md', title: 'Flows' },
  { path: 'how-to/web-ui.md', title: 'The web UI' },
  { path: 'images/home.png', title: '' },
  { path: 'reference/api.md', title: 'API' },
  { path: 'reference/openapi.yml', title: '' },
  { path: ECHO, title: 'Echo' },
  { path: 'reference/tasks/README.md', title: 'Tasks and triggers' },
];
const missing: Target = { kind: 'missing' };
const page = (path: string, hash = ''): Target => ({ kind: 'page', path, hash });

test.each<[string, string, Target]>([
  ['README.md', 'concepts/flows.md', page('concepts/flows.md')],
  ['how-to/web-ui.md', '../concepts/flows.md#inputs', page('concepts/flows.md', 'inputs')],
  ['how-to/web-ui.md', '#the-list', page('how-to/web-ui.md', 'the-list')],
  [ECHO, '../README.md', page('reference/tasks/README.md')],
  [ECHO, '../', page('reference/tasks/README.md')],
  ['concepts/flows.md', '../', page('README.md')],
  ['how-to/web-ui.md', '../images/home.png', { kind: 'file', path: 'images/home.png' }],
  ['reference/api.md', 'openapi.yml', { kind: 'file', path: 'reference/openapi.yml' }],
  ['reference/api.md', 'https://example.com/a', { kind: 'outside', href: 'https://example.com/a' }],
  // Above the documentation lie files of the repository, which a server does not have.
  ['README.md', '../concepts/flows.md', missing],
  ['README.md', '../../../concepts/flows.md', missing],
  ['README.md', 'decisions/README.md', missing],
  ['README.md', '//example.com/README.md', missing],
  ['README.md', 'javascript:alert(1)', missing],
  ['README.md', '%E0%A4%A', missing],
])('from %s the link %s leads where it should', (from, href, expected) => {
  expect(targetOf(from, href, LISTED)).toEqual(expected);
});

test('headings get the names that links use, each its own', () => {
  const taken = new Set<string>();
  expect(['The last runs of many flows', '`lanner.data-dir`', 'Saving, over & again', 'Saving, over & again'].map((text) => anchorOf(text.replaceAll('`', ''), taken)))
    .toEqual(['the-last-runs-of-many-flows', 'lannerdata-dir', 'saving-over--again', 'saving-over--again-1']);
});

test('pages are found by folder and by type, files are no pages', () => {
  expect(pageAt('', LISTED)?.path).toBe('README.md');
  expect(pageAt('reference/tasks', LISTED)?.path).toBe('reference/tasks/README.md');
  expect(pageAt('images/home.png', LISTED)).toBeUndefined();
  expect(pageOfType('io.kestra.plugin.core.debug.Echo', LISTED)?.path).toBe(ECHO);
  expect(pageOfType('io.kestra.plugin.core.debug.Ech', LISTED)).toBeUndefined();
});

test('the contents go from the first page to the tasks', () => {
  expect(groupsOf(LISTED).map(({ name, pages }) => `${name}: ${pages.length}`))
    .toEqual(['Start: 1', 'Concepts: 1', 'How to: 1', 'Reference: 1', 'Tasks: 1', 'Tasks: core: 1']);
});

test('tasks are listed by the end of their type, other pages by their title', () => {
  expect(LISTED.slice(-3).map(labelOf)).toEqual(['', 'debug.Echo', 'Tasks and triggers']);
});

test('a page shows images of the documentation only, and marks what leads out', () => {
  const box = document.createElement('template');
  box.innerHTML = '<h2>One <code>two</code></h2><img src="https://example.com/a.png"><img src="../images/home.png" srcset="https://example.com/b.png">'
    + '<a href="https://example.com">out</a><a href="../../ARCHITECTURE.md">above</a><a href="../concepts/flows.md">flows</a>';
  dress(box.content, 'how-to/web-ui.md', LISTED);
  expect([...box.content.querySelectorAll('img')].map((image) => [image.getAttribute('src')?.split('?')[0], image.hasAttribute('srcset')]))
    .toEqual([[`${import.meta.env.BASE_URL}docs/images/home.png`, false]]);
  expect(box.content.querySelector('h2')?.id).toBe('one-two');
  expect([...box.content.querySelectorAll('a')].map((link) => [link.textContent, link.getAttribute('target'), link.getAttribute('rel')]))
    .toEqual([['out (another site, opens in a new tab)', '_blank', 'noopener noreferrer'], ['flows', null, null]]);
  expect(box.content.textContent).toContain('above');
});
