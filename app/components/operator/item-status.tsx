import { Form } from "@remix-run/react";
import type { Item } from "#app/shop/item.ts";
import { words } from "#app/words/operator-items.ts";

const say = words.status;

/** Whether it is in the shop, and what can be done about that. */
export function ItemStatus({ item: { status } }: { item: Pick<Item, "status"> }) {
  return (
    <div className="mb-10 rounded-2xl border border-line p-4 sm:p-5" data-status={status}>
      {status === "draft" && (
        <>
          <p>{say.draft}</p>
          <details className="mt-2">
            <summary className="inline-flex min-h-11 cursor-pointer items-center text-sm">{say.delete}</summary>
            <p className="mb-3 text-sm text-quiet">{say.deleteText}</p>
            <Press form="delete" button={say.deleteButton} />
          </details>
        </>
      )}
      {status === "published" && (
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
          <p className="min-w-0 flex-1 basis-64 text-sm text-quiet">{say.archiveText}</p>
          <Press form="archive" button={say.archive} />
        </div>
      )}
      {status === "archived" && (
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
          <p className="min-w-0 flex-1 basis-64">{say.archived}</p>
          <Press form="restore" button={say.restore} />
        </div>
      )}
    </div>
  );
}

function Press({ form, button }: { form: "archive" | "restore" | "delete"; button: string }) {
  return (
    <Form method="post" action={`?do=${form}`} data-stock={form}>
      <button className="button-quiet">{button}</button>
    </Form>
  );
}
