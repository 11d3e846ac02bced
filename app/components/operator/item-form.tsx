import {
  type FieldMetadata,
  getFormProps,
  getInputProps,
  getSelectProps,
  getTextareaProps,
  type SubmissionResult,
  useForm,
} from "@conform-to/react";
import { Form, useNavigation } from "@remix-run/react";
import { type ReactNode, useEffect, useState } from "react";
import { intentIn, itemFieldsOf, submittedChange, submittedItem } from "#app/pages/operator/item-submission.ts";
import type { Status } from "#app/shop/item.ts";
import type { ItemFields } from "#app/shop/item-form.ts";
import { CURRENCIES, formatPrice, isCurrency, readAmount } from "#app/shop/money.ts";
import { closingInWords, isZone, momentsOf, offsetOf, openingInWords } from "#app/shop/zoned-time.ts";
import { words } from "#app/words/operator-items.ts";
import { Picture } from "#app/components/picture.tsx";
import type { MadePicture } from "#app/shop/pictures.ts";
import { words as pictureWords } from "#app/words/operator-pictures.ts";
import { useKeptHidden } from "#app/components/kept-forms.tsx";
import { FOCUS_AT_ONCE, useFocus } from "#app/components/use-focus.ts";
import { Field } from "./field.tsx";
import { StoryPreview } from "./story-preview.tsx";

const say = words.form;

/** As conform knows them: a dot in a name leads into a field. */
type Fields = Omit<ItemFields, "price.amount" | "price.currency"> & {
  price: { amount?: string | undefined; currency?: string | undefined };
  picture?: string | undefined;
};
type OneField = FieldMetadata<string | undefined, Fields>;

interface Props {
  /** Undefined: a new one. */
  id?: string;
  status?: Status;
  /** What stands in the fields at first. */
  fields: ItemFields;
  /** What was wrong with what was sent, and with it what was entered. */
  reply: SubmissionResult | undefined;
  zones: string[];
  /** When the page was made, in ISO 8601. */
  madeAt: string;
  /** Of an item that there is, what was seen of it when the form was begun, whatever else is pressed on its page meanwhile. */
  hidden: Record<string, string>;
  /** The same in what was sent, with all that its writer was told of since. */
  sent?: Record<string, string> | undefined;
  /** Told whether something was entered that is not saved. */
  onDirty?: (isDirty: boolean) => void;
  /** Of the picture that the form's path names, if it was uploaded. */
  made?: MadePicture | undefined;
  /** The story that was sent to be looked at, as HTML. */
  preview?: string | undefined;
}

/** Stands for the address of a picture that is not uploaded yet. */
const CHOSEN = "/chosen";

/** All that an operator writes of an item. */
export function ItemForm({
  id,
  status,
  fields: first,
  reply,
  zones,
  madeAt,
  hidden,
  sent,
  onDirty,
  made,
  preview,
}: Props) {
  // It goes with what is put back: who changed the item meanwhile is not overwritten unseen.
  const atFirst = useKeptHidden("item", hidden);
  const [begun, setBegun] = useState(sent ?? atFirst);
  if (sent && sent !== begun) setBegun(sent);
  const { "price.amount": amount, "price.currency": currency, ...others } = first;
  const [form, fields] = useForm<Fields, unknown>({
    id: "item",
    lastResult: reply ?? null,
    defaultValue: { ...others, price: { amount, currency } },
    // Not when a field is left: what is told then would move the very button that is being pressed.
    shouldValidate: "onSubmit",
    shouldRevalidate: "onInput",
    onValidate: ({ formData }) => {
      const entered = itemFieldsOf(formData);
      const file = formData.get("picture");
      // Its address is made from it later.
      if (file instanceof File && file.size > 0) entered.picturePath = CHOSEN;
      const intent = intentIn(formData);
      return id === undefined ? submittedItem(entered, intent) : submittedChange(id, entered, intent);
    },
  });
  useEffect(() => onDirty?.(form.dirty), [onDirty, form.dirty]);
  const price = fields.price.getFieldset();
  const path =
    typeof fields.picturePath.value === "string" && fields.picturePath.value !== CHOSEN ? fields.picturePath.value : "";
  // What was just sent, or what the item has.
  const shown =
    path === "" || !path.startsWith("/") ? undefined : { picture: path, pictures: made && [{ path, alt: "", made }] };
  const isBusy = useNavigation().formData?.get("form") === "item";
  const isNew = id === undefined;
  return (
    <Form
      method="post"
      encType="multipart/form-data"
      {...getFormProps(form)}
      className="grid gap-y-10"
      data-item={id ?? ""}
      data-kept="item"
      noValidate
      preventScrollReset
    >
      <input type="hidden" name="form" value="item" />
      {Object.entries(id === undefined ? hidden : begun).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {made && <input type="hidden" name="made" value={JSON.stringify(made)} />}
      <Mistakes errors={form.allErrors} reply={reply} />
      <Part title={say.what}>
        <Field field={fields.name} label={say.name}>
          <input {...getInputProps(fields.name, { type: "text" })} required autoComplete="off" className="field" />
        </Field>
        <Field field={fields.tagline} label={say.tagline} hint={say.taglineHint}>
          <input {...getInputProps(fields.tagline, { type: "text" })} autoComplete="off" className="field" />
        </Field>
        <Field field={fields.story} label={say.story} hint={say.storyHint}>
          <textarea {...getTextareaProps(fields.story)} rows={7} className="field" />
        </Field>
        <StoryPreview story={fields.story.value ?? ""} rendered={preview} />
        <div className="flex items-start gap-x-4">
          {shown && (
            <Picture item={{ ...shown, pictureAlt: "" }} cut sizes="6rem" className="size-16 shrink-0 sm:size-24" />
          )}
          <Field field={fields.picture} label={say.picture} hint={pictureWords.fileHint} className="min-w-0 flex-1">
            <input
              {...getInputProps(fields.picture, { type: "file" })}
              accept="image/png,image/jpeg,image/webp,image/avif"
              className="field"
            />
          </Field>
        </div>
        <details open={isNew || fields.picturePath.errors !== undefined}>
          <summary className="more">{say.picturePathOpen}</summary>
          <Field field={fields.picturePath} label={say.picturePath} hint={say.picturePathHint}>
            <input {...getInputProps(fields.picturePath, { type: "text" })} autoComplete="off" className="field" />
          </Field>
        </details>
        <Field field={fields.pictureAlt} label={say.pictureAlt} hint={say.pictureAltHint}>
          <textarea {...getTextareaProps(fields.pictureAlt)} required rows={3} className="field" />
        </Field>
      </Part>
      <Part title={say.terms}>
        <div className="grid grid-cols-[1fr_8rem] gap-x-4">
          <Field
            field={price.amount}
            label={say.amount}
            hint={say.amountHint}
            says={<PriceInWords amount={price.amount.value} currency={price.currency.value} />}
          >
            <input
              {...getInputProps(price.amount, { type: "text" })}
              required
              inputMode="decimal"
              autoComplete="off"
              className="field tabular-nums"
            />
          </Field>
          <Field field={price.currency} label={say.currency}>
            <select {...getSelectProps(price.currency)} className="field">
              {CURRENCIES.toSorted().map((code) => (
                <option key={code}>{code}</option>
              ))}
            </select>
          </Field>
        </div>
        {(isNew || status === "draft") && (
          <Field field={fields.quantity} label={say.quantity} hint={say.quantityHint}>
            <NumberInput field={fields.quantity} required />
          </Field>
        )}
        <Field field={fields.maxPerOrder} label={say.maxPerOrder}>
          <NumberInput field={fields.maxPerOrder} required />
        </Field>
        <Field field={fields.limitPerBuyer} label={say.limitPerBuyer} hint={say.limitHint}>
          <NumberInput field={fields.limitPerBuyer} />
        </Field>
      </Part>
      <Part title={say.sale}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field field={fields.opensAt} label={say.opensAt} hint={say.opensAtHint}>
            <input {...getInputProps(fields.opensAt, { type: "datetime-local" })} className="field" />
          </Field>
          <Field field={fields.closesAt} label={say.closesAt} hint={say.closesAtHint}>
            <input {...getInputProps(fields.closesAt, { type: "datetime-local" })} className="field" />
          </Field>
          <Field field={fields.zone} label={say.zone}>
            <input
              {...getInputProps(fields.zone, { type: "text" })}
              list="zones"
              autoComplete="off"
              spellCheck={false}
              className="field"
            />
          </Field>
          <datalist id="zones">
            {zones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </div>
        <Moment
          field={fields.opensAt}
          zone={fields.zone}
          which={fields.which}
          legend={say.which}
          madeAt={madeAt}
          says={openingInWords}
        />
        <Moment
          field={fields.closesAt}
          zone={fields.zone}
          which={fields.whichClosing}
          legend={say.whichClosing}
          madeAt={madeAt}
          says={closingInWords}
        />
        <Field field={fields.payment} label={say.payment}>
          <select {...getSelectProps(fields.payment)} className="field">
            <option value="none">{say.paymentNone}</option>
            <option value="card">{say.paymentCard}</option>
          </select>
        </Field>
        <Field field={fields.holdSeconds} label={say.holdSeconds} hint={say.holdHint}>
          <NumberInput field={fields.holdSeconds} required />
        </Field>
        <label className="flex min-h-11 items-center gap-x-3 font-medium">
          <input {...getInputProps(fields.ships, { type: "checkbox" })} className="size-5 accent-accent" />
          {say.ships}
        </label>
      </Part>
      <Part title={say.place}>
        {isNew && (
          <Field field={fields.id} label={say.id} hint={say.idHint}>
            <input
              {...getInputProps(fields.id, { type: "text" })}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              className="field"
            />
          </Field>
        )}
        <Field field={fields.position} label={say.position} hint={say.positionHint}>
          <NumberInput field={fields.position} />
        </Field>
      </Part>
      <div className="flex flex-wrap gap-3">
        {isNew && (
          <Save value="published" busy={isBusy}>
            {isBusy ? say.putting : say.put}
          </Save>
        )}
        {status !== "published" && status !== "archived" && (
          <button name="status" value="draft" className="button-quiet min-h-13" aria-disabled={isBusy || undefined}>
            {isNew ? say.keep : say.saveDraft}
          </button>
        )}
        {status === "draft" && (
          <Save value="published" busy={isBusy}>
            {say.publish}
          </Save>
        )}
        {(status === "published" || status === "archived") && (
          <Save value="" busy={isBusy}>
            {isBusy ? say.saving : say.save}
          </Save>
        )}
      </div>
    </Form>
  );
}

/** `value`: what it is from then on; "" for what it is now. */
function Save({ value, busy, children }: { value: Status | ""; busy: boolean; children: ReactNode }) {
  return (
    <button
      className="button max-sm:w-full"
      aria-disabled={busy || undefined}
      {...(value !== "" && { name: "status", value })}
    >
      {children}
    </button>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="grid gap-y-5">
      <legend className="mb-4 font-display text-2xl font-semibold tracking-tight">{title}</legend>
      {children}
    </fieldset>
  );
}

/** Digits, without the arrows and the wheel that change a number by accident. */
function NumberInput({ field, required = false }: { field: OneField; required?: boolean }) {
  return (
    <input
      {...getInputProps(field, { type: "text" })}
      required={required}
      inputMode="numeric"
      autoComplete="off"
      className="field max-w-40 tabular-nums"
    />
  );
}

/** Says that something is wrong, and leads to it. */
function Mistakes({ errors, reply }: { errors: Record<string, string[]>; reply: SubmissionResult | undefined }) {
  const box = useFocus<HTMLDivElement>(reply?.error && reply);
  if (!reply?.error) return null;
  const said = Object.entries(errors).flatMap(([name, texts]) => texts.map((text) => ({ name, text })));
  if (said.length === 0) return null;
  return (
    <div
      ref={box}
      tabIndex={-1}
      {...FOCUS_AT_ONCE}
      role="alert"
      data-message="mistakes"
      className="rounded-2xl border border-bad p-4 sm:p-5"
    >
      <p className="font-medium text-bad">{say.mistakes(said.length)}</p>
      <ul className="mt-2 list-disc pl-5">
        {said.map(({ name, text }) => (
          <li key={name}>
            {name === "" ? (
              text
            ) : (
              <a href={`#item-${name}`} className="link">
                {text}
              </a>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

const INTO_WORDS = "mt-1 text-sm";

function PriceInWords({ amount = "", currency = "" }: { amount: string | undefined; currency: string | undefined }) {
  const read = isCurrency(currency) ? readAmount(amount, currency) : undefined;
  if (read === undefined) return null;
  return (
    <output className={`${INTO_WORDS} block tabular-nums`} translate="no" data-in-words="price">
      {formatPrice({ amount: read, currency })}
    </output>
  );
}

interface MomentProps {
  field: OneField;
  zone: OneField;
  which: OneField;
  /** Of the choice between the two. */
  legend: string;
  madeAt: string;
  says: (moment: Date | null, zone: string, now: Date) => string;
}

/** An opening or a closing in words; of a time that comes twice, which of the two. */
function Moment({ field, zone, which, legend, madeAt, says }: MomentProps) {
  const now = useNow(madeAt);
  const [local = "", name = ""] = [field.value, zone.value?.trim()];
  if (!isZone(name)) return null;
  const meant = local === "" ? undefined : momentsOf(local, name);
  const moment =
    meant?.kind === "once"
      ? meant.moment
      : meant?.kind === "twice" && (which.value === "earlier" || which.value === "later")
        ? meant[which.value]
        : undefined;
  return (
    <>
      {meant?.kind === "twice" && (
        <fieldset>
          <legend className="mb-1 font-medium">{legend}</legend>
          {(["earlier", "later"] as const).map((value) => (
            <label key={value} className="flex min-h-11 items-center gap-x-3">
              <input
                {...getInputProps(which, { type: "radio", value })}
                id={`${which.id}-${value}`}
                className="size-5 accent-accent"
              />
              {say[value](offsetOf(meant[value], name))}
            </label>
          ))}
        </fieldset>
      )}
      {(moment !== undefined || local === "") && (
        <output className="-mt-3 block first-letter:uppercase" data-in-words={field.name}>
          {says(moment ?? null, name, now)}
        </output>
      )}
    </>
  );
}

/** The time, from that of the page on: what is ahead is so by the clock that openings go by, whatever this browser's says. */
function useNow(madeAt: string): Date {
  const [now, setNow] = useState(() => new Date(madeAt));
  useEffect(() => {
    const ahead = Date.parse(madeAt) - performance.now();
    const timer = setInterval(() => setNow(new Date(performance.now() + ahead)), 10_000);
    return () => clearInterval(timer);
  }, [madeAt]);
  return now;
}
