import { type FieldMetadata, getFormProps, getInputProps, getSelectProps, useForm } from "@conform-to/react";
import { Form, Link, useNavigation, useRevalidator } from "@remix-run/react";
import { type ReactNode, useEffect, useRef } from "react";
import { COUNTRIES } from "#app/checkout/countries.ts";
import type { CheckoutMessage } from "#app/pages/checkout-step.server.ts";
import type { CheckoutPage } from "#app/pages/order.server.ts";
import { sumOf } from "#app/shop/holds.ts";
import { formatPrice } from "#app/shop/money.ts";
import { formatMoment } from "#app/words/moment.ts";
import { words } from "#app/words/words.ts";
import { Countdown, useSecondsLeft } from "./countdown.tsx";
import { Facts, Line } from "./facts.tsx";
import { Picture } from "./picture.tsx";

const say = words.checkout;

/** What is held, until when, and the way to pay for it. */
export function Checkout({ page, message }: { page: CheckoutPage; message: CheckoutMessage | undefined }) {
  const { hold, item, renderedAt } = page;
  const left = useSecondsLeft(hold.expiresAt, renderedAt.moment);
  const isOpen = hold.state === "open";
  useAskAgain(isOpen && (page.confirming || left === 0));
  return (
    <article
      className="grid gap-x-8 gap-y-5 sm:grid-cols-2 sm:grid-rows-[auto_1fr] lg:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)] lg:gap-x-14"
      data-checkout={page.confirming ? "confirming" : hold.state}
      data-why={hold.why ?? undefined}
    >
      <div className="sm:col-start-2">
        <Heading page={page} />
      </div>
      <Picture
        item={item}
        className="h-[22svh] sm:col-start-1 sm:row-span-2 sm:row-start-1 sm:aspect-square sm:h-auto sm:self-start"
      />
      <div className="sm:col-start-2">
        {isOpen && (
          <Facts>
            <Line term={say.toPay}>{formatPrice(sumOf(hold))}</Line>
            <Line term={say.until}>
              <time dateTime={hold.expiresAt.toISOString()}>{formatMoment(hold.expiresAt)}</time>
            </Line>
            {left !== undefined && (
              <Line term={say.timeLeft}>
                <Countdown left={left} />
              </Line>
            )}
          </Facts>
        )}
        {isOpen && page.confirming && <Confirming id={hold.id} />}
        {isOpen && !page.confirming && <PayForm page={page} message={message} />}
        {!isOpen && (
          <p className="mt-6">
            <Link to={`/items/${hold.itemId}`} className="button w-full">
              {say.toItem}
            </Link>
          </p>
        )}
      </div>
    </article>
  );
}

function Heading({ page: { hold, item, confirming } }: { page: CheckoutPage }) {
  const ended = hold.state === "open" ? undefined : say.ended[hold.why ?? "operator"];
  const title = ended?.title ?? (confirming ? say.confirming.title : say.heading(hold.quantity));
  return (
    <>
      <h1 className="font-display text-4xl font-semibold tracking-tight text-balance lg:text-5xl">
        <span className={`mb-1 block ${ended ? "" : "text-good"}`}>{title}</span>
        <span className="block text-2xl lg:text-3xl">{item.name}</span>
      </h1>
      {ended && <p className="mt-3 text-lg text-pretty text-quiet">{ended.text}</p>}
      {ended && <p className="mt-2 text-sm text-pretty text-quiet">{say.endedLate}</p>}
    </>
  );
}

/** Milliseconds until the page asks what has become of the payment. */
const ASK_EVERY = 1_500;

/** The receipt comes by itself, or what happened instead. */
function useAskAgain(waiting: boolean): void {
  const { revalidate, state } = useRevalidator();
  useEffect(() => {
    if (!waiting || state !== "idle") return;
    const timer = setTimeout(revalidate, ASK_EVERY);
    return () => clearTimeout(timer);
  }, [waiting, revalidate, state]);
}

function Confirming({ id }: { id: string }) {
  return (
    <div className="mt-6">
      <p role="status" className="text-lg text-pretty">
        {say.confirming.text}
      </p>
      <p className="mt-4 noscript:block hidden">
        <a href={`/orders/${id}?paid=1`} className="button-quiet">
          {say.confirming.again}
        </a>
      </p>
    </div>
  );
}

interface Fields {
  email: string;
  name: string;
  address: { line1: string; line2: string; postcode: string; city: string; region: string; country: string };
}

function PayForm({
  page: { hold, item, entered },
  message,
}: {
  page: CheckoutPage;
  message: CheckoutMessage | undefined;
}) {
  const [form, fields] = useForm<Fields>({
    id: "checkout",
    lastResult: message?.kind === "errors" ? message.reply : null,
    defaultValue: entered ?? {},
  });
  const navigation = useNavigation();
  const paying = navigation.formData?.get("step") === "pay";
  const address = fields.address.getFieldset();
  return (
    <>
      {message && message.kind !== "errors" && <Refusal message={message} />}
      <Form method="post" {...getFormProps(form)} reloadDocument className="mt-6 grid gap-y-4" data-pay noValidate>
        <Field field={fields.email} label={say.email} hint={say.emailHint}>
          <input {...getInputProps(fields.email, { type: "email" })} autoComplete="email" required className="field" />
        </Field>
        <Field field={fields.name} label={say.name} hint={item.ships ? undefined : say.optional}>
          <input
            {...getInputProps(fields.name, { type: "text" })}
            autoComplete="name"
            required={item.ships}
            className="field"
          />
        </Field>
        {item.ships && (
          <fieldset className="grid gap-y-4">
            <legend className="mb-3 font-display text-xl font-semibold">{say.sendTo}</legend>
            <Field field={address.line1} label={say.line1}>
              <input
                {...getInputProps(address.line1, { type: "text" })}
                autoComplete="address-line1"
                required
                className="field"
              />
            </Field>
            <Field field={address.line2} label={say.line2} hint={say.optional}>
              <input
                {...getInputProps(address.line2, { type: "text" })}
                autoComplete="address-line2"
                className="field"
              />
            </Field>
            <Field field={address.postcode} label={say.postcode} hint={say.optional}>
              <input
                {...getInputProps(address.postcode, { type: "text" })}
                autoComplete="postal-code"
                className="field"
              />
            </Field>
            <Field field={address.city} label={say.city}>
              <input
                {...getInputProps(address.city, { type: "text" })}
                autoComplete="address-level2"
                required
                className="field"
              />
            </Field>
            <Field field={address.region} label={say.region} hint={say.optional}>
              <input
                {...getInputProps(address.region, { type: "text" })}
                autoComplete="address-level1"
                className="field"
              />
            </Field>
            <Field field={address.country} label={say.country}>
              <select {...getSelectProps(address.country)} autoComplete="country" required className="field">
                <option value="">{say.chooseCountry}</option>
                {COUNTRIES.map(({ code, name }) => (
                  <option key={code} value={code}>
                    {name}
                  </option>
                ))}
              </select>
            </Field>
          </fieldset>
        )}
        <button name="step" value="pay" className="button" aria-disabled={paying || undefined}>
          {paying ? say.paying : say.pay(formatPrice(sumOf(hold)))}
        </button>
        <p className="text-sm text-pretty text-quiet">{say.payNote}</p>
      </Form>
      <Form method="post" className="mt-4" data-release>
        <button name="step" value="release" className="button-quiet">
          {say.release}
        </button>
      </Form>
    </>
  );
}

/** A field with its label, and what is wrong with it. */
function Field({
  field,
  label,
  hint,
  children,
}: {
  field: FieldMetadata;
  label: string;
  hint?: string | undefined;
  children: ReactNode;
}) {
  const error = field.errors?.[0];
  return (
    <div>
      <label htmlFor={field.id} className="mb-1 flex flex-wrap gap-x-[0.5em] font-medium">
        <span>{label}</span>
        {hint && <span className="font-normal text-quiet">{hint}</span>}
      </label>
      {children}
      <p id={field.errorId} className="mt-1 text-sm font-medium text-bad" data-error={error ? field.name : undefined}>
        {error}
      </p>
    </div>
  );
}

/** Says what happened and what to do next, to eyes and to screen readers. */
function Refusal({ message }: { message: Exclude<CheckoutMessage, { kind: "errors" }> }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [message]);
  const { title, text } = message.kind === "limit" ? say.refused.limit(message.limit) : say.refused[message.kind];
  return (
    <div
      ref={box}
      tabIndex={-1}
      role="alert"
      data-message={message.kind}
      className="mt-6 rounded-2xl border border-line bg-card p-4 sm:p-5"
    >
      <p className="font-display text-xl font-semibold">{title}</p>
      <p className="mt-1 text-pretty text-quiet">{text}</p>
    </div>
  );
}
