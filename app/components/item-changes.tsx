import type { PublicChange } from "#app/shop/item.ts";
import type { Words } from "#app/words/words.ts";
import { useWords } from "./document.tsx";
import { Moment, useTimes } from "./moment.tsx";

/** What was moved since the item was published, for everyone to see. Not there when nothing was. */
export function ItemChanges({ changes = [] }: { changes: PublicChange[] | undefined }) {
  const words = useWords();
  const times = useTimes();
  const say = words.item.changes;
  if (changes.length === 0) return null;
  const told = {
    opening: (at: Date | null) => (at ? times.opening(at) : say.noTime),
    // Rounded down: nobody is told a minute in which the sale has closed.
    closing: (at: Date | null) => (at ? times.moment(at) : say.noTime),
  };
  return (
    <section aria-labelledby="changes" className="mt-8 text-sm text-quiet" data-changes>
      <h2 id="changes" className="mb-1 font-semibold text-ink">
        {say.title}
      </h2>
      <ul className="space-y-1">
        {changes.map((change) => (
          <li key={`${change.field} ${change.at.toISOString()}`} className="flex flex-wrap gap-x-[0.3em]">
            <span>{inWords(change, words, told)}</span>
            <Moment at={change.at} as="moment" in={say.on} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function inWords(
  change: PublicChange,
  { item: { changes: say }, price }: Words,
  told: Record<"opening" | "closing", (moment: Date | null) => string>,
): string {
  const limit = (units: number | null) => (units === null ? say.noLimit : String(units));
  switch (change.field) {
    case "opensAt":
      return say.opensAt(told.opening(change.from), told.opening(change.to));
    case "closesAt":
      return say.closesAt(told.closing(change.from), told.closing(change.to));
    case "price":
      return say.price(price(change.from), price(change.to));
    case "limitPerBuyer":
      return say.limitPerBuyer(limit(change.from), limit(change.to));
    case "maxPerOrder":
      return say.maxPerOrder(limit(change.from), limit(change.to));
    default:
      return change satisfies never;
  }
}
