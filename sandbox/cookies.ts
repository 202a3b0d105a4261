import type { Request } from 'express';

export function cookie(request: Request, name: string): string | undefined {
  const pairs = (request.get('cookie') ?? '').split('; ').map((pair) => pair.split('='));
  return pairs.find(([key]) => key === name)?.[1];
}
