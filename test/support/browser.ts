export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Every address on the way, the first one first. */
  readonly trail: readonly string[];
}

export interface OpenOptions {
  readonly method?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Stops before this address is requested, as if the network ended there. */
  readonly stopBefore?: (url: string) => boolean;
  readonly follow?: boolean;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/**
 * A browser without scripts: it keeps cookies (by host, for ports do not isolate them), follows redirects, and sends the
 * forms that it finds.
 */
export class Browser {
  readonly cookies = new Map<string, Map<string, string>>();

  constructor(private readonly language = 'en') {}

  async open(address: string, options: OpenOptions = {}): Promise<Visit> {
    const trail: string[] = [];
    let url = address;
    let method = options.method ?? (options.form ? 'POST' : 'GET');
    let body = options.form ? new URLSearchParams(options.form) : undefined;
    for (let hop = 0; hop < 20; hop++) {
      trail.push(url);
      const response = await fetch(url, {
        method,
        body: body ?? null,
        redirect: 'manual',
        headers: this.headers(url, method, options),
      });
      this.keep(url, response.headers.getSetCookie());
      const text = await response.text();
      const visit = { url, status: response.status, headers: response.headers, text, trail };
      const location = response.headers.get('location');
      if (location === null || options.follow === false) return visit;
      url = new URL(location, url).href;
      if (options.stopBefore?.(url)) return { ...visit, trail: [...trail, url] };
      if (response.status === 303 || (response.status === 302 && method === 'POST')) {
        method = 'GET';
        body = undefined;
      }
    }
    throw new Error(`Too many redirects: ${trail.join(' -> ')}`);
  }

  /** Sends the form of a page that has a field, button or text with `containing`. */
  submit(
    visit: Visit,
    containing: string,
    fields: Readonly<Record<string, string>> = {},
    options: OpenOptions = {},
  ): Promise<Visit> {
    const form = [...visit.text.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)]
      .map(([markup]) => markup)
      .find((markup) => markup.includes(containing));
    if (form === undefined)
      throw new Error(`No form with ${containing} at ${visit.url}:\n${visit.text.slice(0, 2000)}`);
    const tag = form.slice(0, form.indexOf('>') + 1);
    const values: Record<string, string> = {};
    for (const [input] of form.matchAll(/<input\b[^>]*>/g)) {
      const name = attribute(input, 'name');
      if (name !== null) values[name] = attribute(input, 'value') ?? '';
    }
    const action = new URL(attribute(tag, 'action') ?? visit.url, visit.url).href;
    const all = { ...values, ...fields };
    const origin = {
      ...options.headers,
      'sec-fetch-site': new URL(action).origin === new URL(visit.url).origin ? 'same-origin' : 'cross-site',
    };
    if (attribute(tag, 'method')?.toLowerCase() === 'post')
      return this.open(action, { ...options, form: all, headers: origin });
    return this.open(`${action}?${new URLSearchParams(all).toString()}`, { ...options, headers: origin });
  }

  cookie(url: string, name: string): string | undefined {
    return this.cookies.get(new URL(url).hostname)?.get(name);
  }

  setCookie(url: string, name: string, value: string): void {
    this.keep(url, [`${name}=${value}`]);
  }

  cookieHeader(url: string): string {
    return [...(this.cookies.get(new URL(url).hostname) ?? [])]
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
  }

  private headers(url: string, method: string, options: OpenOptions): Record<string, string> {
    const cookie = this.cookieHeader(url);
    return {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'accept-language': this.language,
      ...(method === 'GET' ? {} : { origin: new URL(url).origin }),
      ...(cookie === '' ? {} : { cookie }),
      ...options.headers,
    };
  }

  private keep(url: string, setCookies: readonly string[]): void {
    const host = new URL(url).hostname;
    const jar = this.cookies.get(host) ?? new Map<string, string>();
    this.cookies.set(host, jar);
    for (const setCookie of setCookies) {
      const [pair = '', ...attributes] = setCookie.split(';');
      const name = pair.slice(0, pair.indexOf('=')).trim();
      const gone = attributes.some(
        (attribute) => /^\s*max-age=0$/i.test(attribute) || /^\s*expires=thu, 01 jan 1970/i.test(attribute),
      );
      if (gone) jar.delete(name);
      else jar.set(name, pair.slice(pair.indexOf('=') + 1).trim());
    }
  }
}

function attribute(tag: string, name: string): string | null {
  const match = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return match?.[1] === undefined
    ? null
    : match[1].replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}
