/** @param {readonly number[]} values */
export function median(values) {
  return quantile(values, 0.5);
}

/** Between the neighbours where the place lies between two. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/** To so many digits that mean something. */
export function round(value, digits = 3) {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}

/** @param {readonly (readonly (string | number | null)[])[]} rows the first one is the head */
export function table(rows) {
  const text = rows.map((row) => row.map((cell) => String(cell ?? '-')));
  const widths = text[0].map((_, column) => Math.max(...text.map((row) => row[column].length)));
  return text
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
        .join('  '),
    )
    .join('\n');
}
