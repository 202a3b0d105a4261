import express, { Router } from 'express';
import { notFound, unprocessable } from '../api-error.js';
import { listWire, single } from '../parameters.js';
import type { Sandbox } from '../sandbox.js';
import { deleteDirectory } from './directory-changes.js';
import { directoryGroupWire, directoryUserWithGroupsWire, directoryWire } from './directory.wire.js';

/** Directory Sync: directories, their people and groups. */
export function directoryRoutes({ state, clock }: Pick<Sandbox, 'state' | 'clock'>): Router {
  const router = express.Router();
  const found = <T extends { id: string }>(records: readonly T[], id: string, what: string): T => {
    const record = records.find((candidate) => candidate.id === id);
    if (!record) throw notFound(what, id);
    return record;
  };

  router.get('/directories', (request, response) => {
    const { query } = request;
    const organizationId = single(query, 'organization_id');
    const search = single(query, 'search')?.toLowerCase() ?? '';
    const domain = single(query, 'domain')?.toLowerCase();
    const matching = state.directories.filter(
      (directory) =>
        (organizationId === undefined || directory.organizationId === organizationId) &&
        directory.name.toLowerCase().includes(search) &&
        (domain === undefined ||
          state.organization(directory.organizationId)?.domains.some((entry) => entry.domain === domain)),
    );
    response.json(listWire(matching, query, (directory) => directoryWire(directory, state)));
  });

  router.get('/directories/:id', ({ params: { id } }, response) => {
    response.json(directoryWire(found(state.directories, id, 'directory'), state));
  });
  router.delete('/directories/:id', ({ params: { id } }, response) => {
    deleteDirectory({ state, clock }, found(state.directories, id, 'directory'));
    response.status(202).end();
  });

  router.get('/directory_users', (request, response) => {
    const directoryId = single(request.query, 'directory');
    const groupId = single(request.query, 'group');
    if (directoryId === undefined && groupId === undefined) {
      throw unprocessable('directory', 'directory or group must be given');
    }
    if (directoryId !== undefined) found(state.directories, directoryId, 'directory');
    if (groupId !== undefined) found(state.directoryGroups, groupId, 'directory group');
    const matching = state.directoryUsers.filter(
      (user) =>
        (directoryId === undefined || user.directoryId === directoryId) &&
        (groupId === undefined || user.groupIds.includes(groupId)),
    );
    response.json(listWire(matching, request.query, (user) => directoryUserWithGroupsWire(user, state)));
  });
  router.get('/directory_users/:id', ({ params: { id } }, response) => {
    response.json(directoryUserWithGroupsWire(found(state.directoryUsers, id, 'directory user'), state));
  });

  router.get('/directory_groups', (request, response) => {
    const directoryId = single(request.query, 'directory');
    const userId = single(request.query, 'user');
    if (directoryId === undefined && userId === undefined) {
      throw unprocessable('directory', 'directory or user must be given');
    }
    if (directoryId !== undefined) found(state.directories, directoryId, 'directory');
    const user = userId === undefined ? null : found(state.directoryUsers, userId, 'directory user');
    const matching = state.directoryGroups.filter(
      (group) =>
        (directoryId === undefined || group.directoryId === directoryId) &&
        (user === null || user.groupIds.includes(group.id)),
    );
    response.json(listWire(matching, request.query, directoryGroupWire));
  });
  router.get('/directory_groups/:id', ({ params: { id } }, response) => {
    response.json(directoryGroupWire(found(state.directoryGroups, id, 'directory group')));
  });

  return router;
}
