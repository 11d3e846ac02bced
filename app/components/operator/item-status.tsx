import { Form } from "@remix-run/react";
import type { StockMessage } from "#app/pages/operator/item-stock.server.ts";
import type { SeenFields } from "#app/pages/operator/seen.ts";
import type { Item } from "#app/shop/item.ts";
import { words } from "#app/words/operator-items.ts";
import { Refused } from "./told.tsx";

const say = words.status;

interface Props {
  item: Pick<Item, "status">;
  /** As what it is shown. */
  seen: Pick<SeenFields, "edition" | "seen">;
  message: StockMessage | undefined;
}

/** Whether it is in the shop, and what can be done about that. */
export function ItemStatus({ item: { status }, seen: { edition, seen }, message }: Props) {
  const told = message?.form === "delete" ? message : undefined;
  return (
    <div className="mb-10 rounded-2xl border border-line p-4 sm:p-5" data-status={status}>
      {status === "draft" && (
        <>
          <p>{say.draft}</p>
          <details className="mt-2" open={told !== undefined}>
            <summary className="more">{say.delete}</summary>
            <p className="mb-3 text-sm text-quiet">{say.deleteText}</p>
            {told && (
              <Refused news={told} className="mb-3">
                {told.says}
              </Refused>
            )}
            <Press form="delete" button={say.deleteButton} hidden={{ edition, seen }} />
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

interface PressProps {
  form: "archive" | "restore" | "delete";
  button: string;
  hidden?: SeenFields;
}

function Press({ form, button, hidden }: PressProps) {
  return (
    <Form method="post" action={`?do=${form}`} data-stock={form}>
      {Object.entries(hidden ?? {}).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button className="button-quiet">{button}</button>
    </Form>
  );
}
