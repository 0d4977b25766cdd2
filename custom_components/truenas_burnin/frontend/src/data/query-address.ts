import { fromAddress, oneOf, toAddress } from "./address";
import { EVERYTHING, SORTS, STATES, TYPES, USES, type Query } from "./view";

const NAMES = ["nas", "search", "state", "use", "type", "sort", "order"] as const;

/** Return the drives that the address asks for; null if it asks for none in particular. */
export function queryFromAddress(): Query | null {
  const said = fromAddress(NAMES);
  if (!said) return null;
  return {
    entry: said.nas ?? "",
    text: said.search ?? "",
    state: oneOf(STATES, said.state, ""),
    use: oneOf(USES, said.use, ""),
    type: oneOf(TYPES, said.type, ""),
    sort: oneOf(SORTS, said.sort, EVERYTHING.sort),
    descending: said.order === "descending",
  };
}

/** Have the address ask for the drives that are shown. */
export function queryToAddress(query: Query): void {
  toAddress({
    nas: query.entry,
    search: query.text,
    state: query.state,
    use: query.use,
    type: query.type,
    sort: query.sort === EVERYTHING.sort ? "" : query.sort,
    order: query.descending ? "descending" : "",
  });
}
