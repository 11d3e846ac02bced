import { Form } from "@remix-run/react";
import type { Item, Stock } from "#app/shop/item.ts";

/** The one button. `purchaseKey` names the attempt: however often the form is sent, it makes one order. */
export function PurchaseForm({ item, stock, purchaseKey, buying }: { item: Pick<Item, "name" | "maxPerOrder" | "opensAt">; stock: Stock; purchaseKey: string; buying: boolean }) {
  const open = stock.state === "available";
  const most = Math.min(item.maxPerOrder, Math.max(stock.quantity, 1));
  return (
    <Form method="post" data-purchase preventScrollReset>
      <input type="hidden" name="key" value={purchaseKey} />
      {item.maxPerOrder > 1 ? (
        <label className="mb-4 flex items-center gap-3">
          Units
          <select name="quantity" disabled={!open} className="min-h-11 rounded-lg border border-quiet bg-card px-3">
            {Array.from({ length: most }, (_, index) => (
              <option key={index + 1}>{index + 1}</option>
            ))}
          </select>
        </label>
      ) : (
        <input type="hidden" name="quantity" value="1" />
      )}
      <button className="button w-full sm:w-auto sm:min-w-64" disabled={!open} aria-disabled={buying || undefined}>
        {buying ? "Buying…" : buttonLabel(stock)}
      </button>
      {stock.state === "not_open" && item.opensAt && (
        <p className="mt-3 text-quiet">
          Opens <time dateTime={item.opensAt.toISOString()}>{formatMoment(item.opensAt)}</time>.
        </p>
      )}
      <p className="sr-only" role="status">
        {buying ? "Your purchase is under way." : ""}
      </p>
    </Form>
  );
}

function buttonLabel(stock: Stock): string {
  switch (stock.state) {
    case "available":
      return stock.quantity === 1 ? "Buy the last one" : "Buy";
    case "sold_out":
      return "Sold out";
    case "not_open":
      return "Not open yet";
    default:
      return stock.state satisfies never;
  }
}

/** In UTC, said so: the server and every browser must write the same words. */
export function formatMoment(moment: Date): string {
  const text = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "medium", timeZone: "UTC" }).format(moment);
  return `${text} UTC`;
}
