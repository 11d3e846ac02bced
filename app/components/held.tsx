import { Link } from "@remix-run/react";
import { useWords } from "./document.tsx";
import { Moment } from "./moment.tsx";
import { useReadWhenOver } from "./read-when-over.ts";

interface Props {
  hold: { id: string; quantity: number; expiresAt: Date };
  /** When the page was made, in ISO 8601. */
  madeAt: string;
}

/** Shown in place of the form while units are held for this buyer, who has only to pay for them. */
export function Held({ hold: { id, quantity, expiresAt }, madeAt }: Props) {
  const say = useWords().checkout.heldOnItem;
  useReadWhenOver(expiresAt, madeAt);
  return (
    <div role="status" data-held className="rounded-2xl border border-line bg-card p-4 sm:p-5">
      <p className="flex flex-wrap gap-x-[0.3em] font-display text-xl font-semibold">
        <span>{say.until(quantity)}</span>
        <Moment at={expiresAt} as="clock" />
      </p>
      <p className="mt-3">
        <Link to={`/orders/${id}`} className="button w-full">
          {say.pay}
        </Link>
      </p>
    </div>
  );
}
