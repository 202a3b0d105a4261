import { t } from '../language.js';

export function Brand() {
  return (
    <span className="brand">
      <img src="/gate.svg" alt="" width="28" height="28" />
      <span>{t.product}</span>
    </span>
  );
}
