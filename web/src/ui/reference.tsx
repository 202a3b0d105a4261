import { useState } from 'react';
import { t } from '../language.js';

export function Reference({ value }: { readonly value: string | null }) {
  const [copied, setCopied] = useState(false);
  if (!value) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <p className="reference">
      <span>
        {t.reference}: <code dir="ltr">{value}</code>
      </span>
      {/* Browsers offer the clipboard to pages from https and localhost only. */}
      {window.isSecureContext && (
        <button
          type="button"
          className="button small"
          aria-label={t.copyReference}
          onClick={() => void copy()}
        >
          {t.copy}
        </button>
      )}
      <span role="status">{copied && t.copied}</span>
    </p>
  );
}
