import { Link } from "@remix-run/react";
import { formatMoment } from "#app/words/moment.ts";
import { words } from "#app/words/words.ts";
import { useReadWhenOver } from "./read-when-over.ts";

const say = words.checkout.heldOnItem;

interface Props {
  hold: { id: string; quantity: number; expiresAt: Date };
  /** When the page was made, in ISO 8601. */
  madeAt: string;
}

/** Shown in place of the form while units are held for this buyer, who has only to pay for them. */
export function Held({ hold: { id, quantity, expiresAt }, madeAt }: Props) {
  useReadWhenOver(expiresAt, madeAt);
  return (
    <div role="status" data-held className="rounded-2xl border border-line bg-card p-5">
      <p className="font-display text-xl font-semibold">{say.title(quantity)}</p>
      <p className="mt-1 text-quiet">
        {`${words.checkout.until} `}
        <time dateTime={expiresAt.toISOString()}>{formatMoment(expiresAt)}</time>
      </p>
      <p className="mt-4">
        <Link to={`/orders/${id}`} className="button w-full">
          {say.pay}
        </Link>
      </p>
    </div>
  );
}
