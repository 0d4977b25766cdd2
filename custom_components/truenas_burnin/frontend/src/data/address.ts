/**
 * What a page shows, kept in its address: a reload, a bookmark, a link that somebody
 * sends and the way back all lead to the same drives.
 */

/** Return what the address says of these names; null if it says nothing of any. */
export function fromAddress<Name extends string>(
  names: readonly Name[],
): Partial<Record<Name, string>> | null {
  const search = new URLSearchParams(location.search);
  const said = names.flatMap((name) => {
    const value = search.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return said.length === 0
    ? null
    : (Object.fromEntries(said) as Partial<Record<Name, string>>);
}

/** Have the address say what is shown now; empty values are left out. */
export function toAddress(values: Readonly<Record<string, string>>): void {
  const said = Object.entries(values).filter(([, value]) => value !== "");
  const search = new URLSearchParams(said).toString();
  history.replaceState(
    history.state,
    "",
    search ? `${location.pathname}?${search}` : location.pathname,
  );
}

/** Return a value if it is one of those there are, else the other one. */
export function oneOf<const T extends string, O>(
  values: readonly T[],
  value: string | undefined,
  otherwise: O,
): T | O {
  return values.find((known) => known === value) ?? otherwise;
}
