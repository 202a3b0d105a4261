import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** The route that every variant serves, and the only thing that they have in common beside Nest and Express. */
class RouteController {
  read() {
    return { message: 'here is what you asked for' };
  }
}
Get()(RouteController.prototype, 'read', Object.getOwnPropertyDescriptor(RouteController.prototype, 'read'));
Controller('route')(RouteController);

/**
 * @param {{ imports?: unknown[], providers?: unknown[] }} module what stands before the route
 * @param {object} options of Nest's application
 */
export function createRoute({ imports = [], providers = [] } = {}, options = {}) {
  class RouteModule {}
  Module({ imports, providers, controllers: [RouteController] })(RouteModule);
  return NestFactory.create(RouteModule, { logger: ['error', 'warn'], abortOnError: false, ...options });
}

/** A value of a cookie in a request. */
export function cookieOf(request, name) {
  const header = request.headers.cookie ?? '';
  const start = header.indexOf(`${name}=`);
  if (start < 0) return undefined;
  const end = header.indexOf(';', start);
  return decodeURIComponent(header.slice(start + name.length + 1, end < 0 ? undefined : end));
}
