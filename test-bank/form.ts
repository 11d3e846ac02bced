/** A form body as Stripe's SDK writes it: `line_items[0][price_data][currency]=eur`. */
export type Fields = { [name: string]: Fields | string };

export function parseForm(body: string): Fields {
  const fields: Fields = Object.create(null) as Fields;
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split(/[[\]]+/).filter((part) => part !== "");
    const last = path.pop();
    if (last === undefined) continue;
    let group = fields;
    for (const part of path) {
      const inner = group[part];
      group = group[part] = typeof inner === "object" ? inner : (Object.create(null) as Fields);
    }
    group[last] = value;
  }
  return fields;
}

/** The text at a path; undefined where there is none. */
export function textAt(fields: Fields, ...path: string[]): string | undefined {
  const found = path.reduce<Fields | string | undefined>(
    (group, part) => (typeof group === "object" ? group[part] : undefined),
    fields,
  );
  return typeof found === "string" ? found : undefined;
}

/** The fields at a path; empty where there are none. */
export function groupAt(fields: Fields, ...path: string[]): Record<string, string> {
  const found = path.reduce<Fields | string | undefined>(
    (group, part) => (typeof group === "object" ? group[part] : undefined),
    fields,
  );
  const entries = typeof found === "object" ? Object.entries(found) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
