/** Browsers send a handful of values in a header. Whoever makes up others must not fill the memory. */
const MOST_KNOWN = 200;

/** `read`, asked once for each of the first values of a header; `without` where there is none. */
export function rememberFew<T extends string | boolean>(
  read: (header: string) => T,
  without: T,
): (header: string | undefined) => T {
  const known = new Map<string, T>();
  return (header) => {
    if (header === undefined) return without;
    const before = known.get(header);
    if (before !== undefined) return before;
    const found = read(header);
    if (known.size < MOST_KNOWN) known.set(header, found);
    return found;
  };
}
