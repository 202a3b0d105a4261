import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { Config } from './config.js';

type GraphModule = ModulesContainer extends Map<string, infer Module> ? Module : never;

/**
 * Where the settings of one application arrive. Who gives them (a dynamic module at the root) and who needs them (modules
 * at the bottom that know no root) meet here; Nest makes all modules side by side, so whoever is early waits.
 */
@Injectable()
export class ConfigSeat {
  private readonly taken = Promise.withResolvers<Config>();

  constructor(private readonly modules: ModulesContainer) {}

  take(config: Config): Config {
    this.taken.resolve(config);
    return config;
  }

  /**
   * The settings, once they are there.
   * @throws where nobody can give them: waiting would be for ever
   */
  config(giver: object, taker: object): Promise<Config> {
    const modules = [...this.modules.values()];
    const [source, second] = modules.filter(({ metatype }) => metatype === giver);
    if (!source)
      throw new Error('Gatehouse has no settings: the root module imports no AuthModule.forRoot().');
    if (second)
      throw new Error('Gatehouse has settings twice: import AuthModule.forRoot() in one module only.');
    if (reaches(source, taker)) {
      throw new Error('The settings of Gatehouse are made from modules that need these settings themselves.');
    }
    return this.taken.promise;
  }
}

/** By plain imports: a global module is "imported" by all, whether they use it or not. */
function reaches(from: GraphModule, metatype: object, seen = new Set<GraphModule>()): boolean {
  if (from.metatype === metatype) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return [...from.imports].some((module) => !module.isGlobal && reaches(module, metatype, seen));
}
