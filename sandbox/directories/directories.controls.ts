import express, { Router, type Request } from 'express';
import { z } from 'zod';
import { notFound } from '../api-error.js';
import { done, read } from '../controls.http.js';
import type { Sandbox } from '../sandbox.js';
import { directoriesPage } from './directories.page.js';
import {
  addDirectoryGroup,
  addDirectoryUser,
  addToGroup,
  createDirectory,
  deleteDirectory,
  deleteDirectoryGroup,
  deleteDirectoryUser,
  reactivateDirectoryUser,
  removeFromGroup,
  renameDirectoryGroup,
  setDirectoryState,
  suspendDirectoryUser,
  updateDirectoryUser,
} from './directory-changes.js';
import {
  DIRECTORY_STATES,
  DIRECTORY_TYPES,
  SUSPENSIONS,
  type Directory,
  type DirectoryGroup,
  type DirectoryUser,
} from './directory.model.js';
import { directoryGroupWire, directoryUserWire, directoryWire } from './directory.wire.js';

const blankIsNull = (text: string | null): string | null => (text === '' ? null : text);
const text = z.string().nullable().transform(blankIsNull);
const list = z.array(z.string()).or(z.string().transform((one) => (one === '' ? [] : [one])));

const createSchema = z.strictObject({
  organization_id: z.string(),
  name: z.string().min(1).default('Directory'),
  type: z.enum(DIRECTORY_TYPES).default('generic scim v2.0'),
  state: z.enum(DIRECTORY_STATES).default('active'),
});
const stateSchema = z.strictObject({ state: z.enum(DIRECTORY_STATES) });
const personFields = {
  username: text.optional(),
  first_name: text.optional(),
  last_name: text.optional(),
  job_title: text.optional(),
  custom_attributes: z.record(z.string(), z.unknown()).optional(),
};
const personSchema = z.strictObject({
  email: z.email().nullable(),
  idp_id: z.string().min(1).optional(),
  groups: list.default([]),
  ...personFields,
});
const changeSchema = z.strictObject({ email: z.email().nullable().optional(), ...personFields });
const suspendSchema = z.strictObject({ as: z.enum(SUSPENSIONS).optional() });
const groupSchema = z.strictObject({ name: z.string().min(1) });

type Fields = z.output<typeof changeSchema>;

function given(fields: Fields): Parameters<typeof updateDirectoryUser>[2] {
  const renamed = {
    email: fields.email,
    username: fields.username,
    firstName: fields.first_name,
    lastName: fields.last_name,
    jobTitle: fields.job_title,
    customAttributes: fields.custom_attributes,
  };
  return Object.fromEntries(Object.entries(renamed).filter(([, value]) => value !== undefined));
}

const NOBODY = { username: null, firstName: null, lastName: null, jobTitle: null, customAttributes: {} };

/** What an administrator of the customer does at their directory. */
export function directoryControls(sandbox: Sandbox): Router {
  const { state } = sandbox;
  const router = express.Router();
  const pick = <T extends { id: string }>(records: readonly T[], id: string, what: string): T => {
    const record = records.find((candidate) => candidate.id === id);
    if (!record) throw notFound(what, id);
    return record;
  };
  type At<Name extends string> = Request<Record<Name, string>>;
  const directoryOf = ({ params }: At<'id'>): Directory => pick(state.directories, params.id, 'directory');
  const groupOf = ({ params }: At<'id'>): DirectoryGroup =>
    pick(state.directoryGroups, params.id, 'directory group');
  const userOf = ({ params }: At<'id'>): DirectoryUser =>
    pick([...state.directoryUsers, ...state.formerDirectoryUsers], params.id, 'directory user');
  const userWire = (user: DirectoryUser): object => ({
    ...directoryUserWire(user, state),
    groups: user.groupIds,
  });

  router.get('/', (_request, response) => void response.send(directoriesPage(sandbox)));

  router.post('/', (request, response) => {
    const { organization_id: organizationId, ...fields } = read(createSchema, request);
    const organization = pick(state.organizations, organizationId, 'organization');
    const directory = createDirectory(sandbox, organization.id, fields);
    done(request, response, directoryWire(directory, state));
  });
  router.post('/:id', (request, response) => {
    const directory = directoryOf(request);
    setDirectoryState(sandbox, directory, read(stateSchema, request).state);
    done(request, response, directoryWire(directory, state));
  });
  router.post('/:id/delete', (request, response) => {
    deleteDirectory(sandbox, directoryOf(request));
    done(request, response, {});
  });

  router.post('/:id/users', (request, response) => {
    const directory = directoryOf(request);
    const { email, idp_id: idpId, groups, ...fields } = read(personSchema, request);
    const known = state.directoryGroups.filter(({ directoryId }) => directoryId === directory.id);
    const groupIds = groups.map(
      (name) => (known.find((group) => group.name === name) ?? pick(known, name, 'directory group')).id,
    );
    const person = { ...NOBODY, email, ...given(fields), idpId, groupIds };
    done(request, response, userWire(addDirectoryUser(sandbox, directory, person)));
  });
  router.post('/users/:id', (request, response) => {
    const user = userOf(request);
    updateDirectoryUser(sandbox, user, given(read(changeSchema, request)));
    done(request, response, userWire(user));
  });
  router.post('/users/:id/suspend', (request, response) => {
    const user = userOf(request);
    const { as = state.settings.directorySuspension } = read(suspendSchema, request);
    suspendDirectoryUser(sandbox, user, as);
    done(request, response, userWire(user));
  });
  router.post('/users/:id/reactivate', (request, response) => {
    done(request, response, userWire(reactivateDirectoryUser(sandbox, userOf(request))));
  });
  router.post('/users/:id/delete', (request, response) => {
    deleteDirectoryUser(sandbox, userOf(request));
    done(request, response, {});
  });
  router.post('/users/:id/groups/:groupId/:action', (request, response) => {
    const user = userOf(request);
    const group = pick(state.directoryGroups, request.params.groupId, 'directory group');
    const { action } = request.params;
    if (action === 'add') addToGroup(sandbox, user, group.id);
    else if (action === 'remove') removeFromGroup(sandbox, user, group.id);
    else throw notFound('action', action);
    done(request, response, userWire(user));
  });

  router.post('/:id/groups', (request, response) => {
    const group = addDirectoryGroup(sandbox, directoryOf(request), read(groupSchema, request).name);
    done(request, response, directoryGroupWire(group));
  });
  router.post('/groups/:id', (request, response) => {
    const group = groupOf(request);
    renameDirectoryGroup(sandbox, group, read(groupSchema, request).name);
    done(request, response, directoryGroupWire(group));
  });
  router.post('/groups/:id/delete', (request, response) => {
    deleteDirectoryGroup(sandbox, groupOf(request));
    done(request, response, {});
  });

  return router;
}
