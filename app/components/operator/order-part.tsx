import type { ReactNode } from "react";
import type { OrderMessage, orderPage } from "#app/pages/operator/orders.server.ts";

export type OrderPageData = Awaited<ReturnType<typeof orderPage>>;

export interface OrderProps {
  page: OrderPageData;
  message: OrderMessage | undefined;
}

/** A part of an order's page, under a heading of its own. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-3 font-display text-xl font-semibold">{title}</h2>
      {children}
    </section>
  );
}
