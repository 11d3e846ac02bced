import { data, type MetaFunction } from "@remix-run/node";
import { Form, Link, useLoaderData } from "@remix-run/react";
import { Heading } from "#app/components/operator/heading.tsx";
import { OrderLine } from "#app/components/operator/order-line.tsx";
import { page } from "#app/http/page.server.ts";
import { ordersPage } from "#app/pages/operator/orders.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words } from "#app/words/operator-orders.ts";

const say = words.list;

export const loader = page(async () => data(await ordersPage(), { headers: NOT_KEPT }));

export const headers = () => NOT_KEPT;

export const meta: MetaFunction = () => [{ title: say.title }];

export default function Orders() {
  const { orders, state, search, older, isFirst } = useLoaderData<typeof loader>();
  /** This list, with something else about it. */
  const here = (other: Record<string, string | undefined>, page = ".") => {
    const wanted = Object.entries({ state, q: search || undefined, ...other }).filter(
      ([, value]) => value !== undefined,
    );
    const query = String(new URLSearchParams(wanted as [string, string][]));
    return query ? `${page === "." ? "" : page}?${query}` : page;
  };
  return (
    <>
      <Heading
        beside={
          orders.length > 0 && (
            <a href={here({}, "/operator/orders.csv")} className="button-quiet" download>
              {say.csv}
            </a>
          )
        }
      >
        {say.title}
      </Heading>
      <Form className="flex items-end gap-3" role="search">
        {state && <input type="hidden" name="state" value={state} />}
        <label className="min-w-0 flex-1 sm:max-w-md">
          <span className="mb-1 block text-sm font-medium">{say.search}</span>
          <input key={search} name="q" type="search" defaultValue={search} maxLength={200} className="field" />
        </label>
        <button className="button-quiet min-h-12 shrink-0">{say.find}</button>
      </Form>
      <nav aria-label={say.title} className="mt-4 flex flex-wrap gap-x-4">
        <Choice to={here({ state: undefined })} chosen={state === undefined}>
          {say.all}
        </Choice>
        {Object.entries(say.state).map(([each, label]) => (
          <Choice key={each} to={here({ state: each })} chosen={state === each}>
            {label}
          </Choice>
        ))}
      </nav>
      {orders.length === 0 && <p className="mt-6 text-lg text-quiet">{search || state ? say.noneFound : say.none}</p>}
      <ul className="mt-4 divide-y divide-line border-y border-line empty:hidden">
        {orders.map((order) => (
          <OrderLine key={order.id} order={order} />
        ))}
      </ul>
      <p className="mt-5 flex gap-3">
        {!isFirst && (
          <Link to={here({})} className="button-quiet">
            {say.newest}
          </Link>
        )}
        {older !== undefined && (
          <Link to={here({ after: older })} className="button-quiet">
            {say.older}
          </Link>
        )}
      </p>
    </>
  );
}

function Choice({ to, chosen, children }: { to: string; chosen: boolean; children: string }) {
  return (
    <Link
      to={to}
      aria-current={chosen ? "true" : undefined}
      className="inline-flex min-h-11 items-center text-quiet underline-offset-4 hover:text-ink aria-[current]:font-medium aria-[current]:text-ink aria-[current]:underline"
    >
      {children}
    </Link>
  );
}
