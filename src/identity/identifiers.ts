/**
 * What an identifier must look like before it may stand in a WorkOS URL or a query: the prefix and 26 Crockford
 * base-32 characters, or one of WorkOS's own test ids. Everything else is refused at the edge.
 */
const BODY = '[0-9A-HJKMNP-TV-Z]{26}';

const TEST_IDS: Readonly<Record<string, readonly string[]>> = {
  /** The organization of WorkOS's "Test SSO" page. */
  org: ['org_test_idp'],
};

export type IdentifierKind = 'org' | 'conn' | 'user' | 'prof' | 'directory' | 'session';

const PATTERNS = new Map<IdentifierKind, RegExp>();

export function isIdentifier(kind: IdentifierKind, value: unknown): value is string {
  if (typeof value !== 'string') return false;
  let pattern = PATTERNS.get(kind);
  if (!pattern) {
    pattern = new RegExp(`^${kind}_${BODY}$`);
    PATTERNS.set(kind, pattern);
  }
  return pattern.test(value) || (TEST_IDS[kind]?.includes(value) ?? false);
}

/** Providers that WorkOS documents for social sign-in. A closed list: the name goes into a URL. */
export const OAUTH_PROVIDERS = [
  'AppleOAuth',
  'BitbucketOAuth',
  'GitHubOAuth',
  'GitLabOAuth',
  'GoogleOAuth',
  'IntuitOAuth',
  'LinkedInOAuth',
  'MicrosoftOAuth',
  'SalesforceOAuth',
  'SlackOAuth',
  'VercelMarketplaceOAuth',
  'VercelOAuth',
  'XeroOAuth',
] as const;

export type OAuthProvider = (typeof OAUTH_PROVIDERS)[number];
