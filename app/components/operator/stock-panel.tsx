import { Form, Link } from "@remix-run/react";
import { type ReactNode, useState } from "react";
import { Facts, Line } from "#app/components/facts.tsx";
import { Beat, Quantity, StateLabel } from "#app/components/quantity.tsx";
import type { StockForm, StockMessage } from "#app/pages/operator/item-stock.server.ts";
import type { Item, Stock } from "#app/shop/item.ts";
import { clockInZone } from "#app/shop/zoned-time.ts";
import { words } from "#app/words/operator-items.ts";
import { useAnew } from "./anew.ts";
import { Done, Refused } from "./told.tsx";

const say = words.stock;

export interface OpenHold {
  id: string;
  quantity: number;
  heldAt: Date;
  expiresAt: Date;
  paying: boolean;
}

interface Props {
  item: Pick<Item, "id" | "startingQuantity" | "paused" | "status"> & Stock;
  /** The newest that is known of it. */
  stock: Stock;
  holds: OpenHold[];
  zone: string;
  /** Names what is pressed next. */
  pressKey: string;
  message: StockMessage | undefined;
  did: StockForm | undefined;
}

/** What there is of an item, and all that can be done about that. */
export function StockPanel({ item, stock, holds, zone, pressKey, message, did }: Props) {
  return (
    <section id="stock" aria-labelledby="stock-title" className="scroll-mt-4">
      <h2 id="stock-title" className="mb-4 font-display text-2xl font-semibold tracking-tight">
        {say.title}
      </h2>
      {did && !message && <Done className="mb-4">{say.did[did]}</Done>}
      <Facts>
        <Line term={say.left}>
          <Beat of={stock.state} className="flex items-baseline gap-x-3">
            <StateLabel stock={stock} />
            <Quantity stock={stock} of={item.startingQuantity} />
          </Beat>
        </Line>
        <Line term={say.held}>
          <span data-held>{stock.held}</span>
        </Line>
        <Line term={say.run}>{stock.run}</Line>
      </Facts>
      {(stock.version !== item.version || stock.edition !== item.edition) && (
        <p className="mt-2 text-sm">
          <Link to="?" className="link">
            {say.readAgain}
          </Link>
        </p>
      )}
      <div className="mt-5 grid gap-y-6">
        <Press form="restock" pressKey={pressKey} message={message} did={did}>
          <Count
            name="units"
            label={say.restock}
            hint={say.restockHint}
            button={say.restockButton}
            first=""
            form="restock"
            message={message}
          />
        </Press>
        {/* The count belongs to the version at which it was made: one is never sent with another's. */}
        <Press key={item.version} form="correct" pressKey={pressKey} message={message} did={did}>
          <Seen name="version" value={item.version} />
          <Count
            name="to"
            label={say.correct}
            hint={say.correctHint(item.held)}
            button={say.correctButton}
            first={String(item.quantity + item.held)}
            form="correct"
            message={message}
          />
        </Press>
        <Pause item={item} pressKey={pressKey} message={message} did={did} />
        <NewRun item={item} pressKey={pressKey} message={message} did={did} />
      </div>
      <h3 className="mt-8 mb-3 font-display text-xl font-semibold tracking-tight">{say.holds}</h3>
      {holds.length === 0 && <p className="text-quiet">{say.noHolds}</p>}
      <ul className="divide-y divide-line border-y border-line empty:hidden" data-holds>
        {holds.map((hold) => (
          <HoldLine key={hold.id} hold={hold} zone={zone} pressKey={pressKey} message={message} />
        ))}
      </ul>
    </section>
  );
}

function entered(message: StockMessage | undefined, form: StockForm): string | undefined {
  return message?.form === form ? message.entered : undefined;
}

interface PressProps {
  form: StockForm;
  pressKey: string;
  message: StockMessage | undefined;
  did: StockForm | undefined;
  children: ReactNode;
}

/** A form of this panel, with why it was not done. */
function Press({ form, pressKey, message, did, children }: PressProps) {
  const told = message?.form === form && message.hold === undefined ? message : undefined;
  const anew = useAnew(did === form && !message);
  return (
    <Form key={anew} method="post" action={`?do=${form}`} noValidate data-stock={form} preventScrollReset>
      <input type="hidden" name="key" value={told?.again ?? pressKey} />
      {told && (
        <Refused id={`${form}-refused`} news={told} className="mb-3">
          {told.says}
        </Refused>
      )}
      {children}
      {told?.again !== undefined && (
        <button name="again" value="yes" className="button-quiet mt-2 w-full">
          {say.again}
        </button>
      )}
    </Form>
  );
}

/** What was seen when the page was read: it stays so while the form is filled in, whatever is read again meanwhile. */
function Seen({ name, value }: { name: string; value: number }) {
  const [seen] = useState(value);
  return <input type="hidden" name={name} value={seen} />;
}

interface CountProps {
  name: string;
  label: string;
  hint: string;
  button: string;
  /** What stands there unless something was entered. */
  first: string;
  form: StockForm;
  message: StockMessage | undefined;
}

function Count({ name, label, hint, button, first, form, message }: CountProps) {
  const told = entered(message, form);
  return (
    <>
      <label htmlFor={`stock-${name}`} className="mb-1 block font-medium">
        {label}
      </label>
      <div className="flex gap-x-3">
        <input
          id={`stock-${name}`}
          name={name}
          defaultValue={told ?? first}
          required
          inputMode="numeric"
          pattern="[0-9]{1,7}"
          autoComplete="off"
          aria-describedby={`${told === undefined ? "" : `${form}-refused `}stock-${name}-hint`}
          aria-invalid={(told !== undefined && message?.again === undefined) || undefined}
          className="field min-w-0 tabular-nums"
        />
        <button className="button-quiet min-h-12 shrink-0">{button}</button>
      </div>
      <p id={`stock-${name}-hint`} className="mt-1 text-sm text-quiet">
        {hint}
      </p>
    </>
  );
}

/** Nothing of an archived item is sold: there is nothing to pause. */
function Pause({ item, pressKey, message, did }: Pick<Props, "item" | "pressKey" | "message" | "did">) {
  if (item.status === "archived") {
    const told = message?.form === "pause" || message?.form === "resume" ? message : undefined;
    return told && <Refused news={told}>{told.says}</Refused>;
  }
  return (
    <Press form={item.paused ? "resume" : "pause"} pressKey={pressKey} message={message} did={did}>
      <button className="button-quiet w-full">{item.paused ? say.resume : say.pause}</button>
    </Press>
  );
}

function NewRun({ item, pressKey, message, did }: Pick<Props, "item" | "pressKey" | "message" | "did">) {
  const told = entered(message, "run");
  return (
    <details open={told !== undefined} className="rounded-2xl border border-line px-4 py-1">
      <summary className="more">{say.newRun}</summary>
      <div className="mt-2 mb-3">
        <Press key={item.run} form="run" pressKey={pressKey} message={message} did={did}>
          <Seen name="run" value={item.run} />
          <p className="mb-3 text-sm text-pretty text-quiet">{say.newRunText(item.run, item.held)}</p>
          <label htmlFor="stock-quantity" className="mb-1 block font-medium">
            {say.newRunQuantity(item.run + 1)}
          </label>
          <input
            id="stock-quantity"
            name="quantity"
            defaultValue={told ?? String(item.startingQuantity)}
            required
            inputMode="numeric"
            pattern="[0-9]{1,7}"
            autoComplete="off"
            aria-describedby={told === undefined ? undefined : "run-refused"}
            aria-invalid={told !== undefined || undefined}
            className="field tabular-nums"
          />
          <label className="my-2 flex min-h-11 items-center gap-x-3">
            <input type="checkbox" name="sure" required className="size-5 accent-accent" />
            {say.newRunSure(item.run)}
          </label>
          <button className="button-quiet w-full">{say.newRunButton}</button>
        </Press>
      </div>
    </details>
  );
}

function HoldLine({
  hold: { id, quantity, heldAt, expiresAt, paying },
  zone,
  pressKey,
  message,
}: Pick<Props, "zone" | "pressKey" | "message"> & { hold: OpenHold }) {
  const told = message?.hold === id ? message : undefined;
  const clock = (moment: Date) => clockInZone(moment, zone);
  return (
    <li className="py-3" data-hold={id}>
      <p className="flex flex-wrap items-baseline justify-between gap-x-4 tabular-nums">
        <Link to={`/operator/orders/${id}`} className="link">
          {say.hold.line(quantity, clock(expiresAt))}
        </Link>
        <span className="text-sm text-quiet">{paying ? say.hold.paying : say.hold.since(clock(heldAt))}</span>
      </p>
      <details open={told !== undefined} className="mt-1">
        <summary className="more">{say.hold.end}</summary>
        <Form method="post" action="?do=end" noValidate data-stock="end" preventScrollReset>
          <input type="hidden" name="key" value={pressKey} />
          <input type="hidden" name="hold" value={id} />
          {told && (
            <Refused id={`why-${id}-refused`} news={told} className="mb-3">
              {told.says}
            </Refused>
          )}
          <label htmlFor={`why-${id}`} className="mb-1 block font-medium">
            {say.hold.why}
          </label>
          <input
            id={`why-${id}`}
            name="reason"
            defaultValue={told?.entered ?? ""}
            required
            maxLength={200}
            autoComplete="off"
            aria-describedby={`${told ? `why-${id}-refused ` : ""}why-${id}-hint`}
            aria-invalid={told !== undefined || undefined}
            className="field"
          />
          <p id={`why-${id}-hint`} className="mt-1 mb-3 text-sm text-quiet">
            {say.hold.whyHint}
          </p>
          <button className="button-quiet w-full">{say.hold.button}</button>
        </Form>
      </details>
    </li>
  );
}
