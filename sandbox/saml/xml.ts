import { DOMParser, type Document, type Element, onWarningStopParsing } from '@xmldom/xmldom';

export const NS = {
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
} as const;

export class XmlProblem extends Error {}

/** Parses XML from outside. A document type is refused before the parser sees it: entities are how XML reads files and grows without end. */
export function parseXml(text: string): Document & { documentElement: Element } {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new XmlProblem('it declares a document type (DTD)');
  let document: Document;
  try {
    document = new DOMParser({ onError: onWarningStopParsing }).parseFromString(
      text.replace(/^\uFEFF/, '').trim(),
      'text/xml',
    );
  } catch (cause) {
    throw new XmlProblem('it is not well-formed XML', { cause });
  }
  if (document.documentElement === null) throw new XmlProblem('it is empty');
  return document as Document & { documentElement: Element };
}

export function isElement(element: Element, namespace: string, name: string): boolean {
  return element.namespaceURI === namespace && element.localName === name;
}

export function childElements(parent: Element, namespace: string, name: string): Element[] {
  return Array.from(parent.childNodes).filter(
    (node): node is Element =>
      node.nodeType === node.ELEMENT_NODE && isElement(node as Element, namespace, name),
  );
}

export function descendants(root: Element, namespace: string, name: string): Element[] {
  return Array.from(root.getElementsByTagNameNS(namespace, name));
}

export function text(element: Element | undefined): string {
  return element?.textContent?.trim() ?? '';
}
