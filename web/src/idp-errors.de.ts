import type { IdpErrorCode } from '../../src/identity/idp-errors.js';
import type { Words } from './problem-words.js';

export const IDP_ERRORS_DE: Record<IdpErrorCode, Words> = {
  access_denied: {
    title: 'Ihr Identitätsanbieter hat den Zugriff verweigert',
    detail:
      'Vielleicht sind Sie dieser Anwendung nicht zugewiesen. Bitten Sie Ihre Administration darum und versuchen Sie es noch einmal.',
  },
  ambiguous_connection_selector: {
    title: 'Mehr als eine Anmeldung passt',
    detail:
      'Ihre Administration muss WorkOS sagen, welche Verbindung gilt. Senden Sie ihr die Referenz unten.',
  },
  connection_domain_invalid: {
    title: 'Ihre E-Mail-Domain passt nicht zu dieser Verbindung',
    detail:
      'Melden Sie sich mit Ihrer geschäftlichen Adresse an. Stimmt sie, muss Ihre Administration die Domains der Verbindung berichtigen.',
  },
  connection_invalid: {
    title: 'Diese Single-Sign-on-Verbindung ist nicht aktiv',
    detail: 'Ihre Administration muss sie einschalten. Senden Sie ihr die Referenz unten.',
  },
  connection_strategy_invalid: {
    title: 'Diese Verbindung kann hier nicht benutzt werden',
    detail:
      'Ihre Administration muss eine andere Art von Verbindung wählen. Senden Sie ihr die Referenz unten.',
  },
  connection_unlinked: {
    title: 'Diese Single-Sign-on-Verbindung ist nicht fertig eingerichtet',
    detail: 'Ihre Administration muss die Einrichtung abschließen. Senden Sie ihr die Referenz unten.',
  },
  domain_connection_selector_not_allowed: {
    title: 'Die Anmeldung allein über die Domain ist nicht erlaubt',
    detail: 'Beginnen Sie neu auf der Anmeldeseite, mit Ihrer geschäftlichen E-Mail-Adresse.',
  },
  invalid_connection_selector: {
    title: 'Der Anmeldelink ist nicht gültig',
    detail: 'Beginnen Sie neu auf der Anmeldeseite, mit Ihrer geschäftlichen E-Mail-Adresse.',
  },
  organization_invalid: {
    title: 'Ihre Organisation hat kein aktives Single Sign-on',
    detail: 'Ihre Administration muss eine Verbindung einrichten. Senden Sie ihr die Referenz unten.',
  },
  oauth_failed: {
    title: 'Der Anmeldeanbieter hat mit einem Fehler geantwortet',
    detail:
      'Versuchen Sie es noch einmal. Geschieht es wieder, muss Ihre Administration die Einstellungen des Anbieters prüfen.',
  },
  profile_not_allowed_outside_organization: {
    title: 'Ihre E-Mail-Domain gehört nicht zu dieser Organisation',
    detail:
      'Melden Sie sich mit Ihrer geschäftlichen Adresse an oder bitten Sie die Administration, Gäste zuzulassen.',
  },
  server_error: {
    title: 'Der Identitätsanbieter hatte eine Störung',
    detail:
      'Versuchen Sie es in einer Minute noch einmal. Bleibt es so, findet Ihre Administration Näheres unter der Referenz unten.',
  },
  signin_consent_denied: {
    title: 'Sie haben die Anmeldung abgebrochen',
    detail:
      'Haben Sie sie nicht selbst begonnen, machen Sie nicht weiter und sagen Sie es Ihrer Administration: Jemand versucht vielleicht, Sie zu täuschen.',
  },
};
