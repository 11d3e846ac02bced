/** Units of a span, the largest first: how each is called, and how many of the smallest it is. */
export type Units = readonly (readonly [name: string, size: number])[];

/** Such as "4 min 12 s". */
export function spanInUnits(span: number, units: Units): string {
  return largestUnits(span, units)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** The two largest units of a span next to each other, without one that is nothing: of 252 seconds, 4 minutes and 12 seconds. */
export function largestUnits(span: number, units: Units): [count: number, name: string][] {
  const parts = units.map(([name, size], index): [number, string] => {
    const rest = span % (units[index - 1]?.[1] ?? Infinity);
    return [Math.floor(rest / size), name];
  });
  const first = parts.findIndex(([count]) => count > 0);
  return first === -1 ? parts.slice(-1) : parts.slice(first, first + 2).filter(([count]) => count > 0);
}
