/** What measurements are made of: a percentile, a median, and the table that shows them. */

/** The smallest value that at least `share` (0 to 1) of the values do not exceed (nearest rank). NaN without values. */
export function percentile(sorted: number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** The value in the middle, or half-way between the two in the middle, in whatever order they come. NaN without values. */
export function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/** Rows under their heading, which is the first: names to the left, figures to the right. */
export function table(rows: string[][], style: "plain" | "markdown" = "plain"): string {
  const [heading = [], ...body] = rows;
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cells = (row: string[]) =>
    widths.map((width, column) =>
      column === 0 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width),
    );
  if (style === "plain") return rows.map((row) => cells(row).join("   ").trimEnd()).join("\n");
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [cells(heading), rule, ...body.map(cells)].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
