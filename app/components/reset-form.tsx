import { Form, useNavigation } from "@remix-run/react";
import type { Item } from "#app/shop/item.ts";
import { useWords } from "./document.tsx";

/** Demo mode: puts the item back to its starting quantity as a new run. */
export function ResetForm({ item }: { item: Pick<Item, "id" | "startingQuantity"> }) {
  const { item: say } = useWords();
  const action = `/items/${item.id}/reset`;
  const resetting = useNavigation().formAction === action;
  return (
    <Form
      method="post"
      action={action}
      data-reset
      preventScrollReset
      className="mt-10 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-6"
    >
      <button className="button-quiet" aria-disabled={resetting || undefined}>
        {resetting ? say.resetting : say.reset}
      </button>
      <p className="text-sm text-quiet">{say.resetNote(item.startingQuantity)}</p>
    </Form>
  );
}
