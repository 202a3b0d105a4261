import { freshId } from '../ids.js';
import type { Connection, EventActor } from '../model.js';
import { connectionWire } from '../wire.js';
import { newTimes, touch, type Records } from './records.js';

const DAY = 24 * 3600 * 1000;
const CERTIFICATE_DAYS = 3 * 365;

export function createConnection(
  records: Records,
  organizationId: string,
  given: Pick<Connection, 'name' | 'type' | 'state'>,
): Connection {
  const connection: Connection = {
    id: freshId('conn'),
    organizationId,
    ...given,
    idpInitiated: 'code',
    idp: 'test-idp',
    certificateExpiresAt: records.clock.in((CERTIFICATE_DAYS * DAY) / 1000),
    ...newTimes(records),
  };
  records.state.connections.push(connection);
  announceConnection(records, connection);
  return connection;
}

export function announceConnection(records: Records, connection: Connection): void {
  if (connection.state === 'active') tell(records, 'connection.activated', connection);
}

export function setConnectionState(
  records: Records,
  connection: Connection,
  state: Connection['state'],
  actor: EventActor | null = null,
): void {
  const was = connection.state;
  connection.state = state;
  touch(records, connection);
  if ((was === 'active') === (state === 'active')) return;
  tell(records, state === 'active' ? 'connection.activated' : 'connection.deactivated', connection, actor);
}

/** The event names the state before the deletion. */
export function deleteConnection(records: Records, connection: Connection): void {
  const { state } = records;
  state.connections = state.connections.filter(({ id }) => id !== connection.id);
  touch(records, connection);
  const { domains: _domains, status: _status, ...data } = connectionWire(connection, undefined);
  state.record('connection.deleted', data, connection.organizationId);
}

function tell(
  { state }: Records,
  event: string,
  connection: Connection,
  actor: EventActor | null = null,
): void {
  const wire = connectionWire(connection, state.organization(connection.organizationId));
  state.record(event, { ...wire, external_key: connection.id }, connection.organizationId, actor);
}

/** WorkOS repeats this event as the expiry comes nearer, and after it. */
export function expireCertificate(records: Records, connection: Connection, days: number): void {
  connection.certificateExpiresAt = records.clock.in((days * DAY) / 1000);
  const data = {
    connection: owner(connection),
    certificate: { ...certificate(connection), is_expired: days <= 0 },
    days_until_expiry: days,
  };
  records.state.record('connection.saml_certificate_renewal_required', data, connection.organizationId);
}

export function renewCertificate(
  records: Records,
  connection: Connection,
  actor: EventActor | null = null,
): void {
  connection.certificateExpiresAt = records.clock.in((CERTIFICATE_DAYS * DAY) / 1000);
  const data = {
    connection: owner(connection),
    certificate: certificate(connection),
    renewed_at: records.clock.now().toISOString(),
  };
  records.state.record('connection.saml_certificate_renewed', data, connection.organizationId, actor);
}

function owner(connection: Connection): Record<string, string> {
  return { id: connection.id, organization_id: connection.organizationId };
}

function certificate(connection: Connection): Record<string, string> {
  return {
    certificate_type: 'ResponseSigning',
    expiry_date: connection.certificateExpiresAt.toISOString(),
  };
}
