import { createRoot } from 'react-dom/client';
import { ConsoleScreen } from './console/console-screen.js';
import { language, t } from './language.js';
import { parseSignInQuery } from './query.js';
import { SignInScreen } from './sign-in/sign-in-screen.js';

document.documentElement.lang = language;
document.documentElement.dir = t.direction;

const root = document.querySelector('#root');
if (!root) throw new Error('index.html has no #root');

if (window.location.pathname === '/sign-in') {
  const query = parseSignInQuery(window.location.search);
  // On a slow line the form of index.html may have been filled in before this script arrived.
  const typed = root.querySelector<HTMLInputElement>('#email')?.value ?? '';
  createRoot(root).render(<SignInScreen query={typed ? { ...query, email: typed } : query} />);
} else {
  createRoot(root).render(<ConsoleScreen />);
}
