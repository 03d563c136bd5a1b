/** What makes a rendered page one of a whole: its links, images and headings. */
import { anchorOf, targetOf, type Listed } from './place';

const FILES = `${import.meta.env.BASE_URL}docs/`;
export const PAGES = `${import.meta.env.BASE_URL}main/docs/`;

/** The address of a file; the name of the build keeps an old copy of the browser's apart from it. */
export const fileAt = (path: string) => `${FILES}${encodeURI(path)}?${__DOCS__}`;

/** Points links at the pages here, and takes out images and links that lead nowhere. */
export function dress(content: DocumentFragment, from: string, listed: Listed[]): void {
  const taken = new Set<string>();
  for (const heading of content.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    heading.id = anchorOf(heading.textContent, taken);
    heading.setAttribute('tabindex', '-1');
  }
  for (const image of content.querySelectorAll('img')) {
    const target = targetOf(from, image.getAttribute('src') ?? '', listed);
    if (target.kind === 'file') image.setAttribute('src', fileAt(target.path));
    else image.remove();
    image.removeAttribute('srcset');
  }
  content.querySelectorAll('a').forEach((link) => dressLink(link, from, listed));
  content.querySelectorAll('table').forEach(letScroll);
  content.querySelectorAll('pre').forEach((block) => block.setAttribute('tabindex', '0'));
}

function dressLink(link: HTMLAnchorElement, from: string, listed: Listed[]): void {
  const target = targetOf(from, link.getAttribute('href') ?? '', listed);
  if (target.kind === 'missing') {
    link.replaceWith(...link.childNodes);
  } else if (target.kind === 'page') {
    link.setAttribute('href', `${PAGES}${encodeURI(target.path)}${target.hash && `#${target.hash}`}`);
  } else {
    link.setAttribute('href', target.kind === 'file' ? fileAt(target.path) : target.href);
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
    const note = link.ownerDocument.createElement('span');
    note.className = 'only-read';
    note.textContent = target.kind === 'file' ? ' (a file, opens in a new tab)' : ' (another site, opens in a new tab)';
    link.append(note);
  }
}

/** A table that is wider than the page scrolls by itself, with the keyboard too. */
function letScroll(table: HTMLTableElement): void {
  const box = table.ownerDocument.createElement('div');
  box.className = 'scroll-x';
  box.setAttribute('tabindex', '0');
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'Table');
  table.replaceWith(box);
  box.append(table);
}
