import { data, type HeadersFunction, redirect } from "@remix-run/node";
import { Form, NavLink, Outlet, useLoaderData } from "@remix-run/react";
import { ShopZone } from "#app/components/operator/shop-zone.ts";
import { page } from "#app/http/page.server.ts";
import { readForm } from "#app/http/body.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { endSession } from "#app/operator/sessions.server.ts";
import { NOT_KEPT, requireOperator, signingOut } from "#app/pages/operator/session.server.ts";
import { currentShop } from "#app/shop-settings.server.ts";
import { words } from "#app/words/operator.ts";

/** What every operator's page stands in. Each of them asks for the session itself: loaders run side by side. */
export const loader = page(async () => {
  const { who } = await requireOperator();
  return data({ who, zone: currentShop().zone }, { headers: NOT_KEPT });
});

/** Signs out. */
export const action = page(async () => {
  const { id, who } = await requireOperator();
  await readForm(currentExchange());
  await endSession(id, who);
  return redirect("/operator/sign-in", { status: 303, headers: signingOut() });
});

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

const PAGES = [
  ["/operator/items", words.nav.items],
  ["/operator/orders", words.nav.orders],
  ["/operator/outbox", words.nav.outbox],
  ["/operator/acts", words.nav.acts],
  ["/operator/settings", words.nav.settings],
] as const;

export default function Operator() {
  const { who, zone } = useLoaderData<typeof loader>();
  return (
    <>
      <nav aria-label="Operator" className="-mt-1 mb-8 flex flex-wrap items-center gap-x-5 gap-y-2 print:hidden">
        {PAGES.map(([to, label]) => (
          <NavLink
            key={to}
            to={to}
            className="inline-flex min-h-11 items-center border-b-2 border-transparent font-medium text-quiet hover:text-ink aria-[current]:border-accent aria-[current]:text-ink"
          >
            {label}
          </NavLink>
        ))}
        <Form method="post" action="/operator" className="ml-auto flex max-w-full min-w-0 items-center gap-3">
          <span className="truncate text-sm text-quiet" translate="no">
            {who}
          </span>
          <button className="button-quiet shrink-0">{words.nav.signOut}</button>
        </Form>
      </nav>
      <ShopZone value={zone}>
        <Outlet />
      </ShopZone>
    </>
  );
}
