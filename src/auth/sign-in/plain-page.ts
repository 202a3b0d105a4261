import { escapeHtml, htmlPage } from '../../common/html.js';

/** A page of ours about one thing. `body` is markup: what stands in it of others is escaped by whoever writes it. */
export function plainPage(title: string, body: string): string {
  return htmlPage(title, '/plain.css', `<main>\n<h1>${escapeHtml(title)}</h1>\n${body}\n</main>`);
}
