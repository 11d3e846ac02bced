import type { Stock } from "#app/shop/item.ts";
import { useWords } from "./document.tsx";
import { useTimes } from "./moment.tsx";

/** How many are held apart from those that are left, and when one may be free again. Its place stays: nothing moves when they come and go. */
export function InCheckout({ stock: { state, held, nextReleaseAt } }: { stock: Stock }) {
  const { stock: say } = useWords();
  const { clockAfter } = useTimes();
  const told = say.inCheckout(held, nextReleaseAt ? clockAfter(new Date(nextReleaseAt)) : undefined);
  return (
    <p className="mt-1 mb-3 min-h-5 text-right text-sm text-quiet lg:mb-5" data-in-checkout={held}>
      {state === "available" && held > 0 && <span key={told}>{told}</span>}
    </p>
  );
}
