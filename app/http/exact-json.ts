import { hash } from "node:crypto";

/**
 * `data` as JSON, or undefined when JSON would forget something of it: a Map is `{}` there, whatever it holds. Where JSON
 * is the name of what is made from the data, two different things would have one name.
 */
export function exactJson(data: unknown): string | undefined {
  return jsonOf(data, () => undefined);
}

const digests = new WeakMap<object, string>();

/**
 * A short name of `data`, or undefined where `exactJson` is: two that differ have different names. What is frozen in it is
 * frozen through and through, and read once: a name may be asked for thousands of times a second.
 */
export function nameOf(data: unknown): string | undefined {
  const json = jsonOf(data, digestOf);
  return json && hash("sha256", json, "base64");
}

function digestOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !Object.isFrozen(value)) return undefined;
  const known = digests.get(value);
  if (known !== undefined) return known;
  const json = exactJson(value);
  if (json === undefined) return undefined;
  const digest = `sha256-${hash("sha256", json, "base64")}`;
  digests.set(value, digest);
  return digest;
}

/** With what `shorten` gives in the place of a value. */
function jsonOf(data: unknown, shorten: (value: unknown) => string | undefined): string | undefined {
  const forgotten = new Set<unknown>();
  function check(this: unknown, key: string, json: unknown): unknown {
    // `json` is what toJSON has made of it already.
    const value = (this as Record<string, unknown>)[key];
    const short = shorten(value);
    if (short !== undefined) return short;
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
