export interface VisitedPage {
  url: string;
  status: number;
  text: string;
}

interface Form {
  action: string;
  method: string;
  fields: Record<string, string>;
  markup: string;
}

const TEXT: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => TEXT[entity] ?? entity);
}

function formsOf(page: VisitedPage): Form[] {
  return [...page.text.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map(([markup]) => {
    const tag = markup.slice(0, markup.indexOf('>') + 1);
    const inputs = [...markup.matchAll(/<input\b[^>]*>/g)].map(([input]) => input);
    const fields = inputs.flatMap((input) => {
      const name = attribute(input, 'name');
      return name === undefined ? [] : [[name, attribute(input, 'value') ?? ''] as const];
    });
    return {
      action: new URL(attribute(tag, 'action') ?? page.url, page.url).href,
      method: attribute(tag, 'method')?.toUpperCase() ?? 'GET',
      fields: Object.fromEntries(fields),
      markup,
    };
  });
}

/** Walks through the sandbox's plain HTML as a browser without JavaScript does. It stops where it would leave the sandbox. */
export class ScriptedBrowser {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly origin: string) {}

  async open(url: string, init: RequestInit = {}): Promise<VisitedPage> {
    const target = new URL(url, this.origin).href;
    if (new URL(target).origin !== this.origin) return { url: target, status: 0, text: '' };
    const headers = new Headers(init.headers);
    headers.set('cookie', [...this.cookies].map((pair) => pair.join('=')).join('; '));
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie);
    const location = response.headers.get('location');
    if (location !== null) return this.open(new URL(location, target).href);
    return { url: target, status: response.status, text: await response.text() };
  }

  private keep(cookie: string): void {
    const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? [];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  /** Sends the first form whose markup contains `containing`, with `fields` typed over what it holds. */
  submit(page: VisitedPage, fields: Record<string, string>, containing = ''): Promise<VisitedPage> {
    const form = formsOf(page).find(({ markup }) => markup.includes(containing));
    if (!form) throw new Error(`no form with "${containing}" at ${page.url}: ${page.text.slice(0, 500)}`);
    const body = new URLSearchParams({ ...form.fields, ...fields });
    return this.open(form.action, { method: form.method, body });
  }
}
