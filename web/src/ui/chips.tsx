export function Chips({ values, none }: { readonly values: readonly string[]; readonly none: string }) {
  if (values.length === 0) return <p className="hint">{none}</p>;
  return (
    <ul className="chips">
      {values.map((value) => (
        <li key={value}>
          <bdi>{value}</bdi>
        </li>
      ))}
    </ul>
  );
}
