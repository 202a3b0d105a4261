import type { Wire } from '../model.js';
import { times } from '../wire.js';
import type { ConnectApplication } from './application.model.js';

/** Without the secret. */
export function applicationWire(application: ConnectApplication): Wire {
  return {
    object: 'connect_application',
    id: application.id,
    client_id: application.clientId,
    description: null,
    name: application.name,
    scopes: application.scopes,
    application_type: 'm2m',
    organization_id: application.organizationId,
    ...times(application),
  };
}
