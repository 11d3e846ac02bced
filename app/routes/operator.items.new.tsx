import { data, type MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { Heading } from "#app/components/operator/heading.tsx";
import { ItemForm } from "#app/components/operator/item-form.tsx";
import { page } from "#app/http/page.server.ts";
import { answerNewItem, newItemPage } from "#app/pages/operator/items.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words } from "#app/words/operator-items.ts";

export const loader = page(async () => data(await newItemPage(), { headers: NOT_KEPT }));

export const action = page(answerNewItem);

export const headers = () => NOT_KEPT;

export const meta: MetaFunction = () => [{ title: words.form.newTitle }];

export default function NewItem() {
  const { fields, made, others, key, zones, now } = useLoaderData<typeof loader>();
  const message = useActionData<typeof action>();
  return (
    <div className="max-w-2xl">
      <Heading>{words.form.newTitle}</Heading>
      {others > 0 && <p className="mb-6 text-quiet">{words.form.others(others)}</p>}
      <ItemForm
        fields={fields}
        made={message?.made ?? made}
        preview={message?.preview}
        reply={message?.reply}
        zones={zones}
        madeAt={now}
        hidden={{ key }}
      />
    </div>
  );
}
