import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { useMemo } from 'react';

const FORBIDDEN = ['style', 'form', 'input'];

function htmlOf(text: string, change?: (content: DocumentFragment) => void): string {
  const html = marked.parse(text, { async: false });
  if (!change) return DOMPurify.sanitize(html, { FORBID_TAGS: [...FORBIDDEN, 'img'] });
  const content = DOMPurify.sanitize(html, { FORBID_TAGS: FORBIDDEN, RETURN_DOM_FRAGMENT: true });
  change(content);
  const box = content.ownerDocument.createElement('div');
  box.append(content);
  return box.innerHTML;
}

/**
 * Markdown of flows and plugins; what is not plain text formatting is taken out.
 *
 * Who brings a `change` may touch the content before it is shown, and answers for the images in it.
 */
export default function Markdown({ text, change }: { text: string; change?: (content: DocumentFragment) => void }) {
  const html = useMemo(() => htmlOf(text, change), [text, change]);
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}
