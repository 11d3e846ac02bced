import { words } from "#app/words/operator-orders.ts";
import { Heading } from "./heading.tsx";
import { OrderFacts, OrderHistory } from "./order-facts.tsx";
import { OrderForms } from "./order-forms.tsx";
import type { OrderProps } from "./order-part.tsx";
import { Done } from "./told.tsx";

/** All that the shop knows of one order, and what can be done with it: on a phone, before what has become of it since. */
export function OrderSheet({ page, message }: OrderProps) {
  const { order, said } = page;
  return (
    <>
      <Heading>{words.order.title(order.name, order.number)}</Heading>
      {said && !message && <Done message={said}>{words.said[said]}</Done>}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-14 gap-y-8 lg:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)] lg:grid-rows-[auto_1fr]">
        <div className="space-y-8">
          <OrderFacts page={page} />
        </div>
        <div className="space-y-8 lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <OrderForms page={page} message={message} />
        </div>
        <div className="space-y-8">
          <OrderHistory page={page} />
        </div>
      </div>
    </>
  );
}
