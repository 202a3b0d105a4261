import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { z } from 'zod';
import type { Route } from '../auth/index.js';
import type { Content, JsonSchema, Parameter } from './document.js';
import type { SchemaRegistry } from './schema-registry.js';

export interface RouteInputs {
  readonly parameters: readonly Parameter[];
  readonly body: Content | null;
}

interface Argument {
  readonly in: RouteParamtypes;
  readonly name: string | undefined;
  readonly schema: z.ZodType | undefined;
}

/** What a handler takes, from the schemas of its `@Param`, `@Query` and `@Body`. */
export function routeInputs(route: Route, schemas: SchemaRegistry): RouteInputs {
  const given = argumentsOf(route);
  const query = given
    .filter((argument) => argument.in === RouteParamtypes.QUERY)
    .flatMap(({ name, schema }) => queryParameters(name, schema, schemas));
  const headers = given
    .filter((argument) => argument.in === RouteParamtypes.HEADERS)
    .flatMap(({ name }) => (name === undefined ? [] : [headerParameter(name)]));
  const body = given.find((argument) => argument.in === RouteParamtypes.BODY)?.schema;
  // A browser sends its forms to /auth; everywhere else a body is JSON.
  const type = route.path.startsWith('/auth/') ? 'application/x-www-form-urlencoded' : 'application/json';
  return {
    parameters: [...pathParameters(route.path, given, schemas), ...query, ...headers],
    body: body ? { content: { [type]: { schema: schemas.add(body, 'input') } } } : null,
  };
}

function pathParameters(path: string, given: readonly Argument[], schemas: SchemaRegistry): Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const schema = given.find(
      (argument) => argument.in === RouteParamtypes.PARAM && argument.name === name,
    )?.schema;
    return {
      name,
      in: 'path',
      required: true,
      schema: schema ? schemas.add(schema, 'input') : { type: 'string' },
    };
  });
}

function headerParameter(name: string): Parameter {
  return { name, in: 'header', required: true, schema: { type: 'string' } };
}

function queryParameters(
  name: string | undefined,
  schema: z.ZodType | undefined,
  schemas: SchemaRegistry,
): Parameter[] {
  if (!schema) return [];
  const json = schemas.add(schema, 'input');
  if (name !== undefined) return [{ name, in: 'query', required: !isOptional(schema), schema: json }];
  const required = new Set((json['required'] ?? []) as string[]);
  return Object.entries((json['properties'] ?? {}) as Record<string, JsonSchema>).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.has(name),
    schema: property,
  }));
}

function isOptional(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}

function argumentsOf({ controller, handlerName }: Route): Argument[] {
  const metadata: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handlerName) ?? {};
  return Object.entries(metadata as Record<string, { data?: unknown; schema?: unknown }>).map(
    ([key, { data, schema }]) => ({
      in: Number.parseInt(key, 10) as RouteParamtypes,
      name: typeof data === 'string' ? data : undefined,
      schema: schema instanceof z.ZodType ? schema : undefined,
    }),
  );
}
