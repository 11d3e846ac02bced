import { data, type MetaFunction } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useMemo, useState } from "react";
import { LiveBadge } from "#app/components/live-badge.tsx";
import { ActLine } from "#app/components/operator/act-line.tsx";
import { useAnew } from "#app/components/operator/anew.ts";
import { Heading } from "#app/components/operator/heading.tsx";
import { MovedOn } from "#app/components/operator/moved-on.tsx";
import { ItemStatus } from "#app/components/operator/item-status.tsx";
import { ItemForm } from "#app/components/operator/item-form.tsx";
import { StockPanel } from "#app/components/operator/stock-panel.tsx";
import { page } from "#app/http/page.server.ts";
import { useLiveItems } from "#app/live/use-live-items.ts";
import { answerItem, itemPage } from "#app/pages/operator/items.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words } from "#app/words/operator-items.ts";
import { words as pictureWords } from "#app/words/operator-pictures.ts";
import { Done } from "#app/components/operator/told.tsx";

export const loader = page(async ({ params }) => data(await itemPage(params.id), { headers: NOT_KEPT }));

export const action = page(({ params }) => answerItem(params.id));

// After a refusal, too: it says that the item is not what this page shows, and what is counted again must be counted at what there is now.
export const shouldRevalidate = () => true;

export const headers = ({ actionHeaders, loaderHeaders }: { actionHeaders: Headers; loaderHeaders: Headers }) =>
  actionHeaders.has("Cache-Control") ? actionHeaders : loaderHeaders;

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [{ title: page?.item.name ?? words.list.title }];

export default function EditItem() {
  const { item, fields, begun, holds, acts, key, did, saved, zone, zones, now, renderedAt } =
    useLoaderData<typeof loader>();
  const message = useActionData<typeof action>();
  const [stockMessage, formMessage] = message?.kind === "stock" ? [message, undefined] : [undefined, message];
  const [isDirty, setDirty] = useState(false);
  const isPressed = did !== undefined || stockMessage !== undefined;
  const anew = useAnew(!formMessage && (isPressed ? !isDirty : saved));
  // Of what was there when it was asked about last: its fields come anew together with what they were filled in from.
  const [askedAt, setAskedAt] = useState<string>();
  if (formMessage?.both && formMessage.seen?.edition !== askedAt) setAskedAt(formMessage.seen?.edition);
  const isDraft = item.status === "draft";
  // Nobody is told of drafts: a page that asked for one would ask again and again.
  const live = useLiveItems(
    useMemo(() => (isDraft ? [] : [item]), [item, isDraft]),
    renderedAt.moment,
  );
  return (
    <>
      <Heading
        beside={
          <div className="flex flex-wrap gap-3">
            <Link to={`/operator/items/new?copy=${item.id}`} className="button-quiet">
              {words.status.copy}
            </Link>
            <Link to={`/operator/items/${item.id}/pictures`} className="button-quiet">
              {pictureWords.link}
            </Link>
            {!isDraft && (
              <Link to={`/items/${item.id}`} reloadDocument className="button-quiet">
                {words.list.view}
              </Link>
            )}
          </div>
        }
      >
        {item.name}
      </Heading>
      {saved && !message && <Done message="saved">{words.form.saved}</Done>}
      <div className={isDraft ? "max-w-2xl" : "gap-x-14 lg:grid lg:grid-cols-[20rem_minmax(0,1fr)]"}>
        {!isDraft && (
          <div className="mb-12">
            <div className="mb-4">
              <LiveBadge live={live} renderedAt={renderedAt} />
            </div>
            <StockPanel
              item={item}
              stock={live.stockOf(item.id) ?? item}
              holds={holds}
              zone={zone}
              pressKey={key}
              message={stockMessage}
              did={did}
            />
          </div>
        )}
        <div>
          <ItemStatus item={item} seen={begun} message={stockMessage} />
          {formMessage?.both && (
            <MovedOn kind={formMessage.kind === "unseen" ? "unseen" : "moved_on"} both={formMessage.both} />
          )}
          <ItemForm
            key={`${item.id} ${anew} ${askedAt ?? ""}`}
            id={item.id}
            status={item.status}
            fields={fields}
            reply={formMessage?.reply}
            preview={formMessage?.preview}
            made={formMessage?.made ?? item.pictures?.find(({ path }) => path === item.picture)?.made}
            zones={zones}
            madeAt={now}
            hidden={begun}
            sent={formMessage?.seen}
            onDirty={setDirty}
          />
          <section className="mt-12" aria-labelledby="acts-title">
            <h2 id="acts-title" className="mb-4 font-display text-2xl font-semibold tracking-tight">
              {words.acts.title}
            </h2>
            {acts.length === 0 && <p className="text-quiet">{words.acts.none}</p>}
            <ol className="divide-y divide-line border-y border-line empty:hidden">
              {acts.map((act) => (
                <ActLine key={act.id} act={act} />
              ))}
            </ol>
            <p className="mt-3">
              <Link to="/operator/acts" className="link text-sm">
                {words.acts.more}
              </Link>
            </p>
          </section>
        </div>
      </div>
    </>
  );
}
