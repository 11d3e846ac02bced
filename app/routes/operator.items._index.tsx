import { data, type HeadersFunction, type MetaFunction } from "@remix-run/node";
import { Link, useLoaderData, useSearchParams } from "@remix-run/react";
import { useMemo } from "react";
import { LiveBadge } from "#app/components/live-badge.tsx";
import { Heading } from "#app/components/operator/heading.tsx";
import { ItemLine } from "#app/components/operator/item-line.tsx";
import { useReadAgain } from "#app/components/read-again.ts";
import { page } from "#app/http/page.server.ts";
import { useLiveItems } from "#app/live/use-live-items.ts";
import { itemsPage } from "#app/pages/operator/items.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words } from "#app/words/operator-items.ts";
import { Done } from "#app/components/operator/told.tsx";

const say = words.list;

export const loader = page(async () => data(await itemsPage(), { headers: NOT_KEPT }));

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export const meta: MetaFunction = () => [{ title: say.title }];

export default function Items() {
  const { items, zone, now, renderedAt } = useLoaderData<typeof loader>();
  // Nobody is told of drafts: a page that asked for them would ask again and again.
  const live = useLiveItems(
    useMemo(() => items.filter(({ status }) => status !== "draft"), [items]),
    renderedAt.moment,
  );
  useReadAgain(live.catalogueChanges);
  const deleted = useSearchParams()[0].has("deleted");
  return (
    <>
      <Heading
        beside={
          <Link to="/operator/items/new" className="button">
            {say.add}
          </Link>
        }
      >
        {say.title}
      </Heading>
      {deleted && <Done message="deleted">{say.deleted}</Done>}
      <LiveBadge live={live} renderedAt={renderedAt} />
      {items.length === 0 && <p className="mt-6 text-lg text-quiet">{say.none}</p>}
      <ul className="mt-4 divide-y divide-line border-y border-line empty:hidden">
        {items.map((item) => (
          <ItemLine key={item.id} item={{ ...item, ...live.stockOf(item.id) }} zone={zone} now={now} />
        ))}
      </ul>
    </>
  );
}
