import { Injectable } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';
import { routesOf, sessionCookieName } from '../auth/index.js';
import { Config } from '../config/config.js';
import { buildDocument } from './build-document.js';
import type { OpenapiDocument } from './document.js';
import { docsPage } from './docs-page.js';

/** The document of this service and the page over it, made once, when they are first asked for: by then every module is there. */
@Injectable()
export class OpenapiService {
  private made: { readonly document: OpenapiDocument; readonly page: string } | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly reflector: Reflector,
    private readonly nest: ApplicationConfig,
    private readonly config: Config,
  ) {}

  document(): OpenapiDocument {
    return this.make().document;
  }

  page(): string {
    return this.make().page;
  }

  private make() {
    if (!this.made) {
      const routes = routesOf(this.modules, this.reflector, this.nest);
      const document = buildDocument(routes, sessionCookieName(this.config));
      this.made = { document, page: docsPage(document) };
    }
    return this.made;
  }
}
