import { data, type MetaFunction } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { Heading } from "#app/components/operator/heading.tsx";
import { ItemForm } from "#app/components/operator/item-form.tsx";
import { page } from "#app/http/page.server.ts";
import { answerItem, itemPage } from "#app/pages/operator/items.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words } from "#app/words/operator-items.ts";

export const loader = page(async ({ params }) => data(await itemPage(params.id), { headers: NOT_KEPT }));

export const action = page(({ params }) => answerItem(params.id));

export const headers = () => NOT_KEPT;

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [{ title: page?.item.name ?? words.list.title }];

export default function EditItem() {
  const { item, fields, seen: words_, saved, zones, now } = useLoaderData<typeof loader>();
  const message = useActionData<typeof action>();
  const seen = message?.seen ?? { edition: String(item.edition), seen: words_ };
  return (
    <div className="mx-auto max-w-2xl">
      <Heading
        beside={
          <Link to={`/items/${item.id}`} className="button-quiet">
            {words.list.view}
          </Link>
        }
      >
        {item.name}
      </Heading>
      {saved && !message && (
        <p role="status" data-message="saved" className="mb-6 rounded-2xl border border-good p-4 text-good">
          {words.form.saved}
        </p>
      )}
      <ItemForm
        key={seen.edition}
        id={item.id}
        fields={fields}
        reply={message?.reply}
        zones={zones}
        madeAt={now}
        hidden={seen}
      />
    </div>
  );
}
