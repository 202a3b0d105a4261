import type { SecurityHeadersOptions } from '@nestjs/common';

/**
 * What browsers are told with every answer: nothing is loaded, framed or posted that is not ours.
 * @param apiUrl where WorkOS's API is, for forms that are redirected there
 */
export function securityHeaders(appUrl: string, apiUrl: string): SecurityHeadersOptions {
  const https = appUrl.startsWith('https:');
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': "'none'",
        'script-src': "'self'",
        'style-src': "'self'",
        'img-src': "'self'",
        'connect-src': "'self'",
        'base-uri': "'none'",
        'frame-ancestors': "'none'",
        // A form's redirects count too: from here over WorkOS to whatever identity provider the company has.
        'form-action': [
          "'self'",
          'https:',
          ...(https ? [] : [new URL(apiUrl).origin, 'http://localhost:*', 'http://127.0.0.1:*']),
        ],
      },
    },
    // Pages of ours only: `no-referrer` would make browsers send `Origin: null` with our own forms.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    xFrameOptions: { action: 'deny' },
  };
}
