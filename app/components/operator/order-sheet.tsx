import { Form, Link, useNavigation } from "@remix-run/react";
import type { ComponentProps, ReactNode } from "react";
import type { OrderMessage, orderPage } from "#app/pages/operator/orders.server.ts";
import { Facts, Line } from "#app/components/facts.tsx";
import { formatPrice } from "#app/shop/money.ts";
import { formatMoment } from "#app/words/moment.ts";
import { words } from "#app/words/operator-orders.ts";
import { ActLine } from "./act-line.tsx";
import { Heading } from "./heading.tsx";
import { PlainField, Says } from "./plain-field.tsx";
import { Done, Refused } from "./told.tsx";

const say = words.order;

export type OrderPageData = Awaited<ReturnType<typeof orderPage>>;

interface Props {
  page: OrderPageData;
  message: OrderMessage | undefined;
}

/** All that the shop knows of one order, and what can be done with it. */
export function OrderSheet({ page, message }: Props) {
  const { order, said, movements, mails, acts } = page;
  return (
    <>
      <Heading>{say.title(order.name, order.number)}</Heading>
      {said && !message && <Done message={said}>{words.said[said]}</Done>}
      <div className="grid items-start gap-x-14 gap-y-8 lg:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)]">
        <div className="space-y-8">
          <Sold page={page} />
          <Paid page={page} />
          <Buyer page={page} />
          <Part title={say.movements}>
            <ul className="text-sm">
              {movements.map(({ reason, units, from, to, at }, index) => (
                <li key={index} className="flex flex-wrap justify-between gap-x-4 py-1">
                  <span>{say.reason(reason, units, from, to)}</span>
                  <time dateTime={at.toISOString()} className="text-quiet tabular-nums">
                    {formatMoment(at)}
                  </time>
                </li>
              ))}
            </ul>
          </Part>
          {mails.length > 0 && (
            <Part title={say.mails}>
              <ul className="text-sm">
                {mails.map(({ id, subject, state, createdAt }) => (
                  <li key={id} className="flex flex-wrap justify-between gap-x-4 py-1">
                    <Link to={`/operator/outbox/mails/${id}`} className="link">
                      {subject}
                    </Link>
                    <span className="text-quiet">
                      {state}, {formatMoment(createdAt)}
                    </span>
                  </li>
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
        </div>
        <div className="space-y-8">
          <Send page={page} message={message} />
          <NoteForm page={page} message={message} />
          <Refund page={page} message={message} />
          <Cancel page={page} message={message} />
        </div>
      </div>
    </>
  );
}

function Sold({ page: { order } }: { page: OrderPageData }) {
  const { quantity, price, run, placedAt, id, itemId } = order;
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
        <time dateTime={placedAt.toISOString()}>{formatMoment(placedAt)}</time>
      </Line>
      <Line term={say.facts.id}>
        <span className="text-sm break-all">{id}</span>
      </Line>
    </Facts>
  );
}

function Paid({ page: { payment, refunds } }: { page: OrderPageData }) {
  if (!payment)
    return (
      <Part title={say.payment}>
        <p className="text-quiet">{words.status.none}</p>
      </Part>
    );
  const { currency } = payment;
  return (
    <Part title={say.payment}>
      <Facts>
        <Line term={say.status}>
          {words.status[payment.status]}
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
            <li key={id} className="flex flex-wrap justify-between gap-x-4 py-1">
              <span>
                {words.refund.line(formatPrice({ amount, currency }), words.refund.goodsOf(goods, units), status)}
              </span>
              <time dateTime={askedAt.toISOString()} className="text-quiet tabular-nums">
                {formatMoment(askedAt)}
              </time>
            </li>
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
          <a href={`mailto:${email}`} className="link break-all">
            {email}
          </a>
        </Line>
        {name && <Line term={say.name}>{name}</Line>}
        {address && (
          <Line term={say.address}>
            <address className="text-right break-words whitespace-pre-line not-italic">
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

function Send({ page, message }: Props) {
  const { remarks, whyNotSent } = page;
  if (whyNotSent === "not_shipped") return null;
  const failed = failureOf(message, "send");
  const sentAt = remarks.sentAt;
  return (
    <Part title={words.send.title}>
      {sentAt ? (
        <p className="mb-3 text-good">{words.send.sentAt(formatMoment(sentAt))}</p>
      ) : (
        <p className="mb-3 text-sm text-quiet">{whyNotSent ? words.refused.notSent[whyNotSent] : words.send.to}</p>
      )}
      {(sentAt !== null || whyNotSent === undefined) && (
        <Step page={page} step="send" failed={failed}>
          <OneField failed={failed} name="tracking" label={words.send.tracking} hint={words.send.trackingHint}>
            {(own) => (
              <input
                {...own}
                type="url"
                maxLength={500}
                defaultValue={failed?.entered.tracking ?? remarks.tracking ?? ""}
              />
            )}
          </OneField>
          <Button>{sentAt ? words.send.change : words.send.button}</Button>
        </Step>
      )}
    </Part>
  );
}

function NoteForm({ page, message }: Props) {
  const failed = failureOf(message, "note");
  const note = page.remarks.note ?? "";
  return (
    <Part title={words.note.title}>
      <Step page={page} step="note" failed={failed}>
        <input type="hidden" name="seen" value={note} />
        <OneField failed={failed} name="note" label={words.note.title} isLabelHidden hint={words.note.hint}>
          {(own) => (
            <textarea {...own} key={note} rows={3} maxLength={2_000} defaultValue={failed?.entered.note ?? note} />
          )}
        </OneField>
        <Button>{words.note.button}</Button>
      </Step>
    </Part>
  );
}

const GOODS = ["back", "gone", "kept"] as const;

function Refund({ page, message }: Props) {
  const { left, order, refunds } = page;
  if (!left || left.amount <= 0) return null;
  const failed = failureOf(message, "refund");
  const another = refunds.some(({ status }) => status !== "failed" && status !== "void");
  return (
    <Part title={words.refund.title}>
      <Step page={page} step="refund" failed={failed}>
        <OneField
          failed={failed}
          name="amount"
          label={words.refund.amount}
          hint={words.refund.amountHint(formatPrice(left))}
        >
          {(own) => <input {...own} inputMode="decimal" autoComplete="off" defaultValue={failed?.entered.amount} />}
        </OneField>
        <fieldset aria-describedby="goods-says" aria-invalid={failed?.fields.goods ? true : undefined}>
          <legend className="mb-1 font-medium">{words.refund.goods}</legend>
          {GOODS.map((goods) => (
            <label key={goods} className="flex min-h-11 items-center gap-3">
              <input
                type="radio"
                name="goods"
                value={goods}
                defaultChecked={failed?.entered.goods === goods}
                className="size-5 accent-accent"
              />
              {words.refund[goods]}
            </label>
          ))}
          <Says id="goods" error={failed?.fields.goods} />
        </fieldset>
        {order.quantity > 1 && (
          <OneField
            failed={failed}
            name="units"
            label={words.refund.units}
            hint={words.refund.unitsHint(order.quantity)}
          >
            {(own) => <input {...own} inputMode="numeric" autoComplete="off" defaultValue={failed?.entered.units} />}
          </OneField>
        )}
        {another && (
          <label className="flex min-h-11 items-center gap-3">
            <input type="checkbox" name="again" value="1" className="size-5 accent-accent" />
            {words.refund.again}
          </label>
        )}
        <Button>{words.refund.button}</Button>
      </Step>
    </Part>
  );
}

/** Opened first: what it does is not undone by pressing once more. */
function Cancel({ page, message }: Props) {
  const failed = failureOf(message, "cancel");
  if (page.remarks.sentAt) return null;
  return (
    <Part title={words.cancel.title}>
      <p className="mb-3 text-sm text-quiet">{words.cancel.text}</p>
      <details open={failed !== undefined}>
        <summary className="button-quiet list-none">{words.cancel.button}</summary>
        <div className="mt-4">
          <Step page={page} step="cancel" failed={failed}>
            <Button>{words.cancel.sure}</Button>
          </Step>
        </div>
      </details>
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-3 font-display text-xl font-semibold">{title}</h2>
      {children}
    </section>
  );
}

/** A form of this page. The key of one that moves money or goods makes a second press of the same page the same doing. */
function Step({
  page,
  step,
  failed,
  children,
}: {
  page: OrderPageData;
  step: string;
  failed?: OrderMessage | undefined;
  children: ReactNode;
}) {
  const key = step === "cancel" || step === "refund" ? failed?.entered.key || page.keys[step] : undefined;
  return (
    <Form method="post" preventScrollReset data-step={step} className="space-y-4" key={page.keys.refund}>
      <input type="hidden" name="step" value={step} />
      {key !== undefined && <input type="hidden" name="key" value={key} />}
      {failed?.says && <Refused>{failed.says}</Refused>}
      {children}
    </Form>
  );
}

function Button({ children }: { children: string }) {
  const isBusy = useNavigation().state !== "idle";
  return (
    <button className="button-quiet min-h-12 px-6 text-base" aria-disabled={isBusy}>
      {children}
    </button>
  );
}

function failureOf(message: OrderMessage | undefined, step: string): OrderMessage | undefined {
  return message?.step === step ? message : undefined;
}

interface OneFieldProps extends Omit<ComponentProps<typeof PlainField>, "id" | "error" | "children"> {
  failed: OrderMessage | undefined;
  name: keyof OrderMessage["fields"];
  children: (own: object) => ReactNode;
}

/** A field of this page's forms, which is named like its mistake. */
function OneField({ failed, name, children, ...words }: OneFieldProps) {
  return (
    <PlainField id={name} error={failed?.fields[name]} {...words}>
      {(described) => children({ name, className: "field", ...described })}
    </PlainField>
  );
}
