// Runs simplesamlphp as the identity provider of one connection of the sandbox: a SAML implementation that shares no code with it.
//
//   apt-get install -y --no-install-recommends simplesamlphp php-cli php-xml openssl
//   node scripts/foreign-idp.mjs <URL or file of the connection's service provider metadata> [port]
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';

const ROOT = '/usr/share/simplesamlphp/www';
/** For the sandbox only: everybody here has it. */
const PASSWORD = 'sandbox-only';
const PEOPLE = [
  { id: 'ssp-ada', email: 'ada@acme.com', firstName: 'Ada', lastName: 'Lovelace' },
  { id: 'ssp-alan', email: 'alan@acme.com', firstName: 'Alan', lastName: 'Turing' },
  { id: 'ssp-grace', email: 'grace@globex.com', firstName: 'Grace', lastName: 'Hopper' },
  { id: 'ssp-pat', email: 'pat@partner.example', firstName: 'Pat', lastName: 'Doe' },
];

const [source, port = '8088'] = process.argv.slice(2);
if (source === undefined || !/^\d+$/.test(port)) {
  console.error('usage: node scripts/foreign-idp.mjs <service provider metadata: URL or file> [port]');
  process.exit(2);
}
if (!existsSync(ROOT)) {
  console.error('simplesamlphp is not installed: see the first lines of this script.');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'foreign-idp-'));
const origin = `http://127.0.0.1:${port}`;
const secret = () => randomBytes(24).toString('hex');
for (const name of ['cert', 'data', 'metadata', 'sessions', 'tmp', 'log']) mkdirSync(join(folder, name));

const serviceProvider = /^https?:/.test(source) ? await download(source) : readFileSync(source, 'utf8');
write('service-provider.xml', serviceProvider);
const key = join(folder, 'cert/idp.pem');
const certificate = join(folder, 'cert/idp.crt');
const request = [
  'req',
  '-x509',
  '-newkey',
  'rsa:2048',
  '-nodes',
  '-days',
  '30',
  '-subj',
  '/CN=simplesamlphp',
];
execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'ignore' });

write(
  'config.php',
  php('config', {
    baseurlpath: `${origin}/`,
    certdir: `${folder}/cert/`,
    loggingdir: `${folder}/log/`,
    datadir: `${folder}/data/`,
    tempdir: join(folder, 'tmp'),
    metadatadir: `${folder}/metadata/`,
    secretsalt: secret(),
    'auth.adminpassword': secret(),
    timezone: 'UTC',
    'logging.handler': 'file',
    'logging.level': 6,
    'enable.saml20-idp': true,
    'module.enable': { exampleauth: true, core: true, saml: true },
    'session.cookie.secure': false,
    'session.cookie.samesite': 'Lax',
    'session.phpsession.savepath': join(folder, 'sessions'),
    'language.default': 'en',
    'language.available': ['en'],
    'store.type': 'phpsession',
    'metadata.sources': [{ type: 'flatfile' }, { type: 'xml', file: join(folder, 'service-provider.xml') }],
  }),
);
const accounts = PEOPLE.map((person) => [`${person.email}:${PASSWORD}`, person]);
write(
  'authsources.php',
  php('config', { people: { 0: 'exampleauth:UserPass', ...Object.fromEntries(accounts) } }),
);
write(
  'metadata/saml20-idp-hosted.php',
  php('metadata', {
    [`${origin}/saml2/idp/metadata.php`]: {
      host: '__DEFAULT__',
      privatekey: 'idp.pem',
      certificate: 'idp.crt',
      auth: 'people',
      'attributes.NameFormat': 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
      authproc: {
        3: {
          class: 'saml:AttributeNameID',
          attribute: 'email',
          Format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        },
      },
    },
  }),
);

const server = spawn('php', ['-S', `127.0.0.1:${port}`, '-t', ROOT], {
  env: { ...process.env, SIMPLESAMLPHP_CONFIG_DIR: folder },
  stdio: ['ignore', 'ignore', 'inherit'],
});
server.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code ?? 0;
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill());

const entityId = /entityID="([^"]+)"/.exec(serviceProvider)?.[1] ?? 'unknown';
console.log(`
simplesamlphp is the identity provider for ${entityId}

1. On the connection's page in the sandbox, save this metadata URL:
     ${origin}/saml2/idp/metadata.php
2. Start a sign-in at the application, and sign in as one of
     ${PEOPLE.map((person) => person.email).join(', ')}
   with the password "${PASSWORD}".
3. To begin at the identity provider instead, open
     ${origin}/saml2/idp/SSOService.php?spentityid=${encodeURIComponent(entityId)}

Configuration and log: ${folder}. Stop with Ctrl+C.`);

async function download(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}

function write(name, content) {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
}

/** A PHP file that sets `$name` to the value. Decoding JSON spares us the quoting rules of PHP but for its strings' own. */
function php(name, value) {
  const json = JSON.stringify(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `<?php\n$${name} = json_decode('${json}', true);\n`;
}
