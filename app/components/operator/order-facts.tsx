import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import { Facts, Line } from "#app/components/facts.tsx";
import { formatPrice } from "#app/shop/money.ts";
import { stateInWords, words } from "#app/words/operator-orders.ts";
import { words as outbox } from "#app/words/operator-outbox.ts";
import { ActLine } from "./act-line.tsx";
import { type OrderPageData, Part } from "./order-part.tsx";
import { useMoment } from "./shop-zone.ts";

const say = words.order;

/** What was sold, what was paid for it, and to whom. */
export function OrderFacts({ page }: { page: OrderPageData }) {
  return (
    <>
      <Sold page={page} />
      <Paid page={page} />
      <Buyer page={page} />
    </>
  );
}

/** What has become of it since. */
export function OrderHistory({ page: { movements, mails, acts } }: { page: OrderPageData }) {
  return (
    <>
      <Part title={say.movements}>
        <ul className="text-sm">
          {movements.map(({ reason, units, from, to, at }, index) => (
            <Event key={index} at={at}>
              {say.reason(reason, units, from, to)}
            </Event>
          ))}
        </ul>
      </Part>
      {mails.length > 0 && (
        <Part title={say.mails}>
          <ul className="text-sm">
            {mails.map(({ id, subject, state, createdAt }) => (
              <Event key={id} at={createdAt}>
                <Link to={`/operator/outbox/mails/${id}`} className="link">
                  {subject}
                </Link>
                <span className="text-quiet"> · {outbox.mailState[state]}</span>
              </Event>
            ))}
          </ul>
        </Part>
      )}
      {acts.length > 0 && (
        <Part title={say.acts}>
          <ol className="divide-y divide-line">
            {acts.map((act) => (
              <ActLine key={act.id} act={act} />
            ))}
          </ol>
        </Part>
      )}
    </>
  );
}

function Event({ at, children }: { at: Date; children: ReactNode }) {
  const moment = useMoment();
  return (
    <li className="flex flex-wrap justify-between gap-x-4 py-1">
      <span>{children}</span>
      <time dateTime={at.toISOString()} className="text-quiet tabular-nums">
        {moment(at)}
      </time>
    </li>
  );
}

function Sold({ page: { order } }: { page: OrderPageData }) {
  const { quantity, price, run, placedAt, id, itemId } = order;
  const moment = useMoment();
  return (
    <Facts>
      <Line term={say.facts.item}>
        <Link to={`/operator/items/${itemId}`} className="link">
          {itemId}
        </Link>
      </Line>
      <Line term={say.facts.quantity}>{quantity}</Line>
      <Line term={say.facts.price}>{formatPrice(price)}</Line>
      <Line term={say.facts.total}>{formatPrice({ ...price, amount: price.amount * quantity })}</Line>
      <Line term={say.facts.run}>{run}</Line>
      <Line term={say.facts.placed}>
        <time dateTime={placedAt.toISOString()}>{moment(placedAt)}</time>
      </Line>
      <Line term={say.facts.id}>
        <span className="text-sm">{id}</span>
      </Line>
    </Facts>
  );
}

function Paid({ page: { payment, refunds, over } }: { page: OrderPageData }) {
  if (!payment)
    return (
      <Part title={say.payment}>
        <p className="text-quiet">{stateInWords("none", over)}</p>
      </Part>
    );
  const { currency } = payment;
  return (
    <Part title={say.payment}>
      <Facts>
        <Line term={say.status}>
          {stateInWords(payment.status, over)}
          {payment.disputed && <span className="text-bad"> · {words.tag.disputed}</span>}
        </Line>
        <Line term={say.captured}>{formatPrice({ amount: payment.captured, currency })}</Line>
        <Line term={say.refunded}>{formatPrice({ amount: payment.refunded, currency })}</Line>
        {payment.at && (
          <Line term={say.atProvider}>
            <a href={payment.at} className="link">
              {say.provider[payment.provider]}
            </a>
          </Line>
        )}
      </Facts>
      {refunds.length > 0 && (
        <ul className="mt-3 text-sm" data-refunds>
          {refunds.map(({ id, amount, goods, units, status, askedAt }) => (
            <Event key={id} at={askedAt}>
              {words.refund.line(formatPrice({ amount, currency }), words.refund.goodsOf(goods, units), status)}
            </Event>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Buyer({ page: { contact } }: { page: OrderPageData }) {
  if (!contact?.email)
    return (
      <Part title={say.buyer}>
        <p className="text-quiet">{contact?.erasedAt ? say.erased : say.noContact}</p>
      </Part>
    );
  const { email, name, address } = contact;
  return (
    <Part title={say.buyer}>
      <Facts>
        <Line term={say.email}>
          <a href={`mailto:${email}`} className="link">
            {email}
          </a>
        </Line>
        {name && <Line term={say.name}>{name}</Line>}
        {address && (
          <Line term={say.address}>
            <address className="text-right whitespace-pre-line not-italic">
              {[
                address.line1,
                address.line2,
                [address.postcode, address.city].filter(Boolean).join(" "),
                address.region,
                address.country,
              ]
                .filter(Boolean)
                .join("\n")}
            </address>
          </Line>
        )}
      </Facts>
    </Part>
  );
}
