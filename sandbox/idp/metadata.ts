import { html as xml } from '../html.js';
import type { IdpMetadata } from '../saml/metadata.js';
import { NS } from '../saml/xml.js';

export function identityProviderMetadata({ entityId, ssoUrl, certificates }: IdpMetadata): string {
  const keys = certificates.map(
    (certificate) => xml`
    <KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${NS.signature}"><ds:X509Data>
      <ds:X509Certificate>${certificate.replace(/-----[^-]+-----|\s/g, '')}</ds:X509Certificate>
    </ds:X509Data></ds:KeyInfo></KeyDescriptor>`,
  );
  const services = ['HTTP-Redirect', 'HTTP-POST'].map(
    (binding) => xml`
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${ssoUrl}"/>`,
  );
  return xml`<?xml version="1.0" encoding="UTF-8"?>
<EntityDescriptor xmlns="${NS.metadata}" entityID="${entityId}">
  <IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="${NS.protocol}">${keys}
    <NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</NameIDFormat>${services}
  </IDPSSODescriptor>
</EntityDescriptor>
`.markup;
}
