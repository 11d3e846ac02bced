import type { PublicChange } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { formatMoment, formatOpening } from "#app/words/moment.ts";

/** What was moved since the item was published, for everyone to see. Not there when nothing was. */
export function ItemChanges({ changes = [] }: { changes: PublicChange[] | undefined }) {
  if (changes.length === 0) return null;
  return (
    <section aria-labelledby="changes" className="mt-8 text-sm text-quiet" data-changes>
      <h2 id="changes" className="mb-1 font-semibold text-ink">
        What was changed
      </h2>
      <ul className="space-y-1">
        {changes.map((change) => (
          <li key={`${change.field} ${change.at.toISOString()}`}>
            {inWords(change)} on <time dateTime={change.at.toISOString()}>{formatMoment(change.at)}</time>
          </li>
        ))}
      </ul>
    </section>
  );
}

function inWords(change: PublicChange): string {
  switch (change.field) {
    case "opensAt":
      return `Opening moved from ${opening(change.from)} to ${opening(change.to)}`;
    case "closesAt":
      return `Closing moved from ${opening(change.from)} to ${opening(change.to)}`;
    case "price":
      return `Price changed from ${formatPrice(change.from)} to ${formatPrice(change.to)}`;
    case "limitPerBuyer":
      return `Limit for one buyer changed from ${limit(change.from)} to ${limit(change.to)}`;
    case "maxPerOrder":
      return `Limit for one order changed from ${limit(change.from)} to ${limit(change.to)}`;
    default:
      return change satisfies never;
  }
}

function opening(moment: Date | null): string {
  return moment ? formatOpening(moment) : "no time";
}

function limit(units: number | null): string {
  return units === null ? "none" : String(units);
}
