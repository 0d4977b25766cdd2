/**
 * Return the selection after a drive was ticked or unticked.
 *
 * Where `since` names another drive of the list, all between the two follow it.
 */
export function pick(
  selected: ReadonlySet<string>,
  ids: readonly string[],
  id: string,
  checked: boolean,
  since: string | null,
): ReadonlySet<string> {
  const at = ids.indexOf(id);
  const from = since === null ? -1 : ids.indexOf(since);
  const picked =
    from < 0 ? [id] : ids.slice(Math.min(at, from), Math.max(at, from) + 1);
  const next = new Set(selected);
  for (const one of picked) {
    if (checked) next.add(one);
    else next.delete(one);
  }
  return next;
}
