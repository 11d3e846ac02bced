/**
 * `data` as JSON, or undefined when JSON would forget something of it: a Map is `{}` there, whatever it holds. Where JSON
 * is the name of what is made from the data, two different things would have one name.
 */
export function exactJson(data: unknown): string | undefined {
  const forgotten = new Set<unknown>();
  function check(this: unknown, key: string, json: unknown): unknown {
    // `json` is what toJSON has made of it already.
    const value = (this as Record<string, unknown>)[key];
    if (isExact(value) && !(value === undefined && Array.isArray(this))) return json;
    forgotten.add(value);
    return null;
  }
  try {
    const json = JSON.stringify(data, check);
    return forgotten.size > 0 ? undefined : json;
  } catch {
    // It contains itself.
    return undefined;
  }
}

function isExact(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return typeof value === "string" || typeof value === "boolean" || value === undefined;
  if (value === null) return true;
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  return Array.isArray(value) || isPlain(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === null || prototype === Object.prototype) && !("toJSON" in value);
}
