import { Form, useNavigation } from "@remix-run/react";
import { type ComponentProps, type ReactNode, useState } from "react";
import { FOCUS_AT_ONCE, useFocusOnMistake } from "#app/components/use-focus.ts";
import type { OrderMessage } from "#app/pages/operator/orders.server.ts";
import { formatPrice } from "#app/shop/money.ts";
import { words } from "#app/words/operator-orders.ts";
import { useAnew } from "./anew.ts";
import { type OrderProps, Part } from "./order-part.tsx";
import { PlainField, Says } from "./plain-field.tsx";
import { useMoment } from "./shop-zone.ts";
import { Refused } from "./told.tsx";

/** All that can be done with an order. */
export function OrderForms(props: OrderProps) {
  return (
    <>
      <Send {...props} />
      <NoteForm {...props} />
      <Refund {...props} />
      <Cancel {...props} />
    </>
  );
}

function Send({ page, message }: OrderProps) {
  const { remarks, whyNotSent } = page;
  const moment = useMoment();
  if (whyNotSent === "not_shipped") return null;
  const failed = failureOf(message, "send");
  const sentAt = remarks.sentAt;
  return (
    <Part title={words.send.title}>
      {sentAt ? (
        <p className="mb-3 text-good">{words.send.sentAt(moment(sentAt))}</p>
      ) : (
        <p className="mb-3 text-sm text-quiet">{whyNotSent ? words.refused.notSent[whyNotSent] : words.send.to}</p>
      )}
      {(sentAt !== null || whyNotSent === undefined) && (
        <Step page={page} message={message} step="send">
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

function NoteForm({ page, message }: OrderProps) {
  const failed = failureOf(message, "note");
  const note = page.remarks.note ?? "";
  return (
    <Part title={words.note.title}>
      <Step page={page} message={message} step="note">
        {/* Whoever was told of another note has seen it. */}
        <Seen key={failed?.says ? `now ${note}` : ""} value={note} />
        <OneField failed={failed} name="note" label={words.note.title} isLabelHidden hint={words.note.hint}>
          {(own) => <textarea {...own} rows={3} maxLength={2_000} defaultValue={failed?.entered.note ?? note} />}
        </OneField>
        <Button>{words.note.button}</Button>
      </Step>
    </Part>
  );
}

const GOODS = ["back", "gone", "kept"] as const;

function Refund({ page, message }: OrderProps) {
  const { left, unitsLeft, refunds } = page;
  if (!left || left.amount <= 0) return null;
  const failed = failureOf(message, "refund");
  const another = refunds.some(({ status }) => status !== "failed" && status !== "void");
  return (
    <Part title={words.refund.title}>
      <Step page={page} message={message} step="refund">
        <OneField
          failed={failed}
          name="amount"
          label={words.refund.amount}
          hint={words.refund.amountHint(formatPrice(left))}
        >
          {(own) => <input {...own} inputMode="decimal" autoComplete="off" defaultValue={failed?.entered.amount} />}
        </OneField>
        <fieldset
          role="radiogroup"
          aria-describedby="goods-says"
          aria-invalid={failed?.fields.goods !== undefined || undefined}
        >
          <legend className="mb-1 font-medium">{words.refund.goods}</legend>
          {GOODS.map((goods) => (
            <label key={goods} className="flex min-h-11 items-center gap-3">
              <input
                type="radio"
                name="goods"
                value={goods}
                defaultChecked={failed?.entered.goods === goods}
                {...(failed?.fields.goods !== undefined && goods === GOODS[0] && FOCUS_AT_ONCE)}
                className="size-5 accent-accent"
              />
              {words.refund[goods]}
            </label>
          ))}
          <Says id="goods" error={failed?.fields.goods} />
        </fieldset>
        {(unitsLeft > 1 || failed?.fields.units !== undefined) && (
          <OneField failed={failed} name="units" label={words.refund.units} hint={words.refund.unitsHint(unitsLeft)}>
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
function Cancel({ page, message }: OrderProps) {
  const failed = failureOf(message, "cancel");
  if (!page.canBeCancelled) return failed?.says ? <Refused news={failed}>{failed.says}</Refused> : null;
  return (
    <Part title={words.cancel.title}>
      <p className="mb-3 text-sm text-quiet">{words.cancel.text}</p>
      <details open={failed !== undefined}>
        <summary className="button-quiet list-none">{words.cancel.button}</summary>
        <div className="mt-4">
          <Step page={page} message={message} step="cancel">
            <Button>{words.cancel.sure}</Button>
          </Step>
        </div>
      </details>
    </Part>
  );
}

type StepName = "send" | "note" | "refund" | "cancel";

/** What the page says when the form has done its work. */
const SAID_OF: Record<StepName, (keyof typeof words.said)[]> = {
  send: ["sent", "sent_before"],
  note: ["noted"],
  refund: ["asked", "repeated"],
  cancel: ["asked", "repeated", "taken_back"],
};

/** The note that its writer has seen: it stays so while another form of the page is sent, and what is read again is not what they have read. */
function Seen({ value }: { value: string }) {
  const [seen] = useState(value);
  return <input type="hidden" name="seen" value={seen} />;
}

/** A form of this page. The key of one that moves money or goods makes a second press of the same page the same doing. */
function Step({ page, message, step, children }: OrderProps & { step: StepName; children: ReactNode }) {
  const { said, keys } = page;
  const failed = failureOf(message, step);
  const form = useFocusOnMistake(failed);
  const anew = useAnew(!message && said !== undefined && SAID_OF[step].includes(said));
  const key = step === "cancel" || step === "refund" ? failed?.entered.key || keys[step] : undefined;
  return (
    <Form ref={form} key={anew} method="post" noValidate preventScrollReset data-step={step} className="space-y-4">
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
