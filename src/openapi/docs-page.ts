import { escapeHtml, htmlPage } from '../common/html.js';
import { PROBLEMS } from '../common/problems.js';
import { operationSection } from './docs-operation.js';
import { prose, schemaList } from './docs-schema.js';
import type { OpenapiDocument } from './document.js';

/** The document for people: one page without a script, which a search of the browser goes through. */
export function docsPage(document: OpenapiDocument): string {
  const { info, tags, components } = document;
  const title = `${info.title}: API`;
  return htmlPage(
    title,
    '/docs.css',
    `<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>${escapeHtml(title)}</h1>
${info.description
  .split('\n\n')
  .map((paragraph) => `<p>${prose(paragraph)}</p>`)
  .join('\n')}
<p>For programs: <a href="/openapi.json">the OpenAPI document</a>.</p>
</header>
<div class="columns">
<nav aria-label="Contents"><ul>
${[...tags.map(({ name }) => name), 'schemas', 'problems'].map(entry).join('\n')}
</ul></nav>
<main id="content" tabindex="-1">
${tags.map(({ name }) => tagSection(document, name)).join('\n')}
${section('schemas', Object.entries(components.schemas).map(schemaSection).join('\n'))}
${section('problems', `<dl class="answers">${Object.entries(PROBLEMS).map(problemEntry).join('')}</dl>`)}
</main>
</div>`,
  );
}

function entry(name: string): string {
  return `<li><a href="#${name}">${heading(name)}</a></li>`;
}

function tagSection({ paths }: OpenapiDocument, tag: string): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(tag))
      .map(([method, operation]) => operationSection(path, method, operation)),
  );
  return section(tag, operations.join('\n'));
}

function section(name: string, body: string): string {
  return `<section aria-labelledby="${name}"><h2 id="${name}">${heading(name)}</h2>\n${body}</section>`;
}

function schemaSection([name, schema]: [string, Readonly<Record<string, unknown>>]): string {
  return `<article class="schema"><h3 id="schema-${escapeHtml(name)}">${escapeHtml(name)}</h3>${schemaList(schema)}</article>`;
}

function problemEntry([code, { status, title, detail }]: [string, (typeof PROBLEMS)[keyof typeof PROBLEMS]]) {
  return `<div id="problem-${code}"><dt>${status}</dt><dd><p><code>${code}</code></p><p>${prose(`${title}. ${detail}`)}</p></dd></div>`;
}

function heading(name: string): string {
  const words = name.replace(/^openapi$/, 'OpenAPI').replaceAll('-', ' ');
  return escapeHtml(`${words.charAt(0).toUpperCase()}${words.slice(1)}`);
}
