import { t } from '../language.js';

const KEY = 'signing-out';

/**
 * A plain form, since signing out may lead over WorkOS. The server decides where it ends, usually on this
 * page again; the note lets the page say "You are signed out" then, and not ask for a sign-in as if by surprise.
 */
export function SignOutForm() {
  return (
    <form method="post" action="/auth/logout" onSubmit={() => window.sessionStorage.setItem(KEY, '1')}>
      <button type="submit" className="button">
        {t.console.signOut}
      </button>
    </form>
  );
}

/** True once after a sign-out from this tab. */
export function justSignedOut(): boolean {
  const noted = window.sessionStorage.getItem(KEY) !== null;
  window.sessionStorage.removeItem(KEY);
  return noted;
}
