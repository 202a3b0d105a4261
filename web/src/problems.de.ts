import type { ProblemCode } from '../../src/common/problems.js';
import type { Words } from './problem-words.js';

export const PROBLEMS_DE: Record<ProblemCode, Words> = {
  invalid_request: {
    title: 'Die Anfrage ist nicht gültig',
    detail: 'Prüfen Sie die gesendeten Namen und Werte und versuchen Sie es noch einmal.',
  },
  invalid_email: {
    title: 'Das sieht nicht wie eine E-Mail-Adresse aus',
    detail: 'Geben Sie Ihre geschäftliche E-Mail-Adresse ein, zum Beispiel ada@acme.com.',
  },
  invalid_return_to: {
    title: 'Die Rücksprungadresse ist nicht erlaubt',
    detail:
      'Nehmen Sie einen Pfad dieses Dienstes oder eine Adresse, deren Herkunft in RETURN_TO_ORIGINS steht.',
  },
  invalid_state: {
    title: 'Diese Anmeldung wurde nicht in diesem Browser begonnen',
    detail:
      'Beginnen Sie neu auf der Anmeldeseite und lassen Sie Cookies eingeschaltet, bis Sie angemeldet sind.',
  },
  state_expired: {
    title: 'Diese Anmeldung hat zu lange gedauert',
    detail:
      'Eine Anmeldung muss binnen 10 Minuten abgeschlossen sein. Beginnen Sie neu auf der Anmeldeseite.',
  },
  state_replayed: {
    title: 'Diese Anmeldung war schon abgeschlossen',
    detail:
      'Die Seite wurde ein zweites Mal geöffnet. Sind Sie nicht angemeldet, beginnen Sie neu auf der Anmeldeseite.',
  },
  missing_code: {
    title: 'Die Anmeldung kam unvollständig zurück',
    detail: 'Beginnen Sie neu auf der Anmeldeseite. Geschieht es wieder, sagen Sie es Ihrer Administration.',
  },
  invalid_code: {
    title: 'Die Anmeldung konnte nicht abgeschlossen werden',
    detail:
      'Ihr Einmalcode wurde abgelehnt: Er war abgelaufen oder schon benutzt. Beginnen Sie neu auf der Anmeldeseite.',
  },
  invalid_signature: {
    title: 'Die Signatur stimmt nicht',
    detail: 'Prüfen Sie, ob WORKOS_WEBHOOK_SECRET das Geheimnis dieses Webhook-Endpunkts ist.',
  },
  stale_timestamp: {
    title: 'Der Zeitstempel ist zu weit entfernt',
    detail: 'Prüfen Sie die Uhr dieses Rechners. Eine Zustellung wird binnen drei Minuten angenommen.',
  },
  unauthenticated: {
    title: 'Melden Sie sich zuerst an',
    detail:
      'Diese Adresse ist nur für angemeldete Personen. Melden Sie sich an und wiederholen Sie die Anfrage.',
  },
  organization_mismatch: {
    title: 'Sie haben sich bei einer anderen Organisation angemeldet',
    detail:
      'Das Konto gehört zu einer anderen Organisation als der gewählten. Beginnen Sie neu mit dem Konto der gewählten.',
  },
  connection_mismatch: {
    title: 'Sie haben sich über eine andere Verbindung angemeldet',
    detail:
      'Die Anmeldung kam über einen anderen Identitätsanbieter zurück als den, mit dem sie begann. Beginnen Sie neu auf der Anmeldeseite.',
  },
  guest_not_allowed: {
    title: 'Gäste können sich hier nicht anmelden',
    detail:
      'Ihre E-Mail-Adresse gehört zu keiner Domain dieser Organisation. Bitten Sie deren Administration, Gäste zuzulassen.',
  },
  sso_required: {
    title: 'Ihre Organisation verlangt Single Sign-on',
    detail:
      'Beginnen Sie noch einmal mit Ihrer geschäftlichen E-Mail-Adresse und melden Sie sich über Ihr Unternehmen an.',
  },
  not_provisioned: {
    title: 'Sie wurden dieser Organisation nicht hinzugefügt',
    detail:
      'Sie lässt nur Personen ein, die ihre Verwaltung hinzugefügt hat. Bitten Sie darum und melden Sie sich dann noch einmal an.',
  },
  break_glass_refused: {
    title: 'Dieser Code gilt nicht',
    detail: 'Er ist falsch geschrieben, benutzt oder zu alt. Lassen Sie sich einen neuen geben.',
  },
  provisioning_refused: {
    title: 'Dieses Konto kann hier nicht benutzt werden',
    detail: 'Das Konto widerspricht einem schon bekannten. Bitten Sie Ihre Administration, es zu prüfen.',
  },
  account_deactivated: {
    title: 'Ihr Konto ist deaktiviert',
    detail:
      'Ihre Organisation hat Ihren Zugang abgeschaltet. Ist das ein Versehen, fragen Sie deren Administration.',
  },
  group_required: {
    title: 'Ihre Gruppen geben Ihnen keinen Zugang',
    detail:
      'Ihre Organisation lässt nur Mitglieder bestimmter Gruppen ein. Bitten Sie deren Administration, Sie in eine aufzunehmen.',
  },
  not_a_member: {
    title: 'Sie sind kein Mitglied dieser Organisation',
    detail:
      'Bitten Sie deren Administration um eine Einladung oder melden Sie sich dort über die Anmeldeseite an.',
  },
  session_revoked: {
    title: 'Ihr Zugang wurde während der Anmeldung beendet',
    detail:
      'Haben Sie Ihre anderen Sitzungen selbst beendet, beginnen Sie neu. Sonst fragen Sie Ihre Administration.',
  },
  idp_initiated_denied: {
    title: 'Beginnen Sie die Anmeldung hier',
    detail:
      'Das Öffnen von der Seite Ihres Identitätsanbieters aus ist abgeschaltet. Melden Sie sich stattdessen hier an.',
  },
  idp_error: {
    title: 'Ihr Identitätsanbieter hat Sie nicht angemeldet',
    detail:
      'Versuchen Sie es noch einmal. Geschieht es wieder, nennen Sie Ihrer Administration die Referenz unten.',
  },
  prefetch_refused: {
    title: 'Diese Adresse lässt sich nicht im Voraus laden',
    detail: 'Öffnen Sie sie im Fenster selbst.',
  },
  cross_origin: {
    title: 'Die Anfrage kam von einer anderen Website',
    detail:
      'Senden Sie sie von einer Seite dieses Dienstes oder tragen Sie die Herkunft Ihrer Seite in TRUSTED_ORIGINS ein.',
  },
  missing_role: {
    title: 'Ihre Rolle erlaubt das nicht',
    detail: 'Bitten Sie die Administration Ihrer Organisation um die nötige Rolle.',
  },
  several_credentials: {
    title: 'Mehr als ein Anmeldenachweis wurde gesendet',
    detail:
      'Senden Sie ein Sitzungs-Cookie oder einen Authorization-Header, nicht mehrere. Im Browser: Entfernen Sie die Cookies dieser Website.',
  },
  reauthentication_required: {
    title: 'Bestätigen Sie, wer Sie sind',
    detail: 'Dafür muss Ihre Anmeldung jünger sein. Melden Sie sich noch einmal an.',
  },
  reauthentication_failed: {
    title: 'Sie wurden nicht nach einer Bestätigung gefragt',
    detail:
      'Ihr Identitätsanbieter hat Sie ohne Nachfrage eingelassen. Melden Sie sich dort ab und beginnen Sie von vorn.',
  },
  principal_not_accepted: {
    title: 'Das ist nicht für Aufrufer Ihrer Art',
    detail: 'Manche Adressen sind nur für Personen, manche nur für Maschinen oder API-Schlüssel.',
  },
  impersonation_read_only: {
    title: 'Sie dürfen nur ansehen',
    detail: 'Wer für eine andere Person handelt, kann hier nichts ändern.',
  },
  missing_permission: {
    title: 'Sie dürfen das nicht',
    detail: 'Bitten Sie die Administration Ihrer Organisation um die nötige Berechtigung.',
  },
  role_beyond_yours: {
    title: 'Diese Rolle erlaubt mehr als Ihre',
    detail:
      'Sie können nur Rollen vergeben, deren Berechtigungen Sie selbst haben. Fragen Sie jemanden, der sie hat.',
  },
  organization_required: {
    title: 'Dafür ist eine Organisation nötig',
    detail: 'Sie sind ohne Organisation angemeldet. Melden Sie sich über Ihre Firma an.',
  },
  not_found: {
    title: 'Hier ist nichts',
    detail: 'Prüfen Sie die Adresse. Das Gesuchte kann entfernt worden sein.',
  },
  no_sso_for_domain: {
    title: 'Kein Single Sign-on für diese E-Mail-Adresse',
    detail:
      'Prüfen Sie die Schreibweise. Stimmt sie, bitten Sie Ihre Administration, Single Sign-on einzurichten.',
  },
  method_not_allowed: {
    title: 'Diese Methode gibt es hier nicht',
    detail: 'Nehmen Sie eine der Methoden, die im Allow-Header stehen.',
  },
  session_conflict: {
    title: 'Sie sind als jemand anderes angemeldet',
    detail:
      'Melden Sie sich zuerst ab und öffnen Sie die Anwendung dann erneut von Ihrem Identitätsanbieter aus.',
  },
  no_active_connection: {
    title: 'Ihre Organisation hat keine aktive Verbindung',
    detail:
      'Wäre Single Sign-on jetzt Pflicht, könnte sich niemand anmelden. Richten Sie eine Verbindung ein, melden Sie sich einmal darüber an und versuchen Sie es dann noch einmal.',
  },
  policy_excludes_you: {
    title: 'Diese Regel würde Sie aussperren',
    detail:
      'Sie selbst würden damit nicht eingelassen. Lassen Sie jemanden aus der Administration, der sie erfüllt, die Änderung vornehmen, oder sorgen Sie dafür, dass Sie sie erfüllen.',
  },
  payload_too_large: {
    title: 'Die Anfrage ist zu groß',
    detail: 'Senden Sie weniger: höchstens 100 KiB, bei einem Webhook 1 MiB.',
  },
  request_timeout: {
    title: 'Die Anfrage hat zu lange gedauert',
    detail: 'Sie kam nicht vollständig an. Senden Sie sie noch einmal.',
  },
  headers_too_large: {
    title: 'Die Kopfzeilen sind zu groß',
    detail: 'Senden Sie weniger oder kürzere. Im Browser: Entfernen Sie die Cookies dieser Website.',
  },
  unsupported_media_type: {
    title: 'Dieser Inhaltstyp wird nicht angenommen',
    detail: 'Senden Sie JSON mit dem Header Content-Type: application/json.',
  },
  portal_refused: {
    title: 'Dieser Teil des Einrichtungsportals steht Ihnen nicht offen',
    detail:
      'Ihr Vertrag oder Ihre Organisation enthält ihn nicht. Bitten Sie die Betreiber dieses Dienstes, ihn freizuschalten.',
  },
  internal_error: {
    title: 'Bei uns ist etwas schiefgegangen',
    detail: 'Versuchen Sie es noch einmal. Geschieht es wieder, nennen Sie uns die Referenz unten.',
  },
  webhooks_not_configured: {
    title: 'Webhooks werden hier nicht angenommen',
    detail: 'Setzen Sie WORKOS_WEBHOOK_SECRET auf das Geheimnis des Endpunkts bei WorkOS.',
  },
  upstream_unavailable: {
    title: 'Der Anmeldedienst ist nicht erreichbar',
    detail: 'Es ging nichts verloren. Warten Sie einige Sekunden und versuchen Sie es noch einmal.',
  },
  store_unavailable: {
    title: 'Der Dienst kann gerade nicht antworten',
    detail: 'Sie sind weiterhin angemeldet. Warten Sie einige Sekunden und versuchen Sie es noch einmal.',
  },
  shutting_down: {
    title: 'Der Dienst startet neu',
    detail: 'Sie sind weiterhin angemeldet. Warten Sie einige Sekunden und versuchen Sie es noch einmal.',
  },
};
