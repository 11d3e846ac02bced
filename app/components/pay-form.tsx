import { type FieldMetadata, getFormProps, getInputProps, getSelectProps, useForm } from "@conform-to/react";
import { Form, useNavigation } from "@remix-run/react";
import type { ReactNode } from "react";
import { countriesIn } from "#app/checkout/countries.ts";
import type { CheckoutMessage } from "#app/pages/checkout-step.server.ts";
import type { CheckoutPage } from "#app/pages/order.server.ts";
import { sumOf } from "#app/shop/holds.ts";
import type { Words } from "#app/words/words.ts";
import { AnswerBox } from "./answer-box.tsx";
import { useWords } from "./document.tsx";

interface Fields {
  email: string;
  name: string;
  address: { line1: string; line2: string; postcode: string; city: string; region: string; country: string };
}

/** Who pays, and where it is sent. */
export function PayForm({
  page: { hold, item, mails, entered },
  message,
}: {
  page: CheckoutPage;
  message: CheckoutMessage | undefined;
}) {
  const { checkout: say, price, lang } = useWords();
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
      <Form
        method="post"
        {...getFormProps(form)}
        className="mt-4 grid gap-y-4"
        data-pay
        data-kept="pay"
        noValidate
        preventScrollReset
      >
        <Field field={fields.email} label={say.email} hint={mails ? say.emailHint : undefined}>
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
                {countriesIn(lang).map(({ code, name }) => (
                  <option key={code} value={code}>
                    {name}
                  </option>
                ))}
              </select>
            </Field>
          </fieldset>
        )}
        <button name="step" value="pay" className="button" aria-disabled={paying || undefined}>
          {paying ? say.paying : say.pay(price(sumOf(hold)))}
        </button>
        <p className="text-sm text-pretty text-quiet">{say.payNote}</p>
      </Form>
      <Form method="post" className="mt-4" data-release preventScrollReset>
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

type Refused = Exclude<CheckoutMessage, { kind: "errors" }>;

function refusalOf(message: Refused, say: Words["checkout"]): { title: string; text: string } {
  if (message.kind !== "limit") return say.refused[message.kind];
  return message.per === "hold" ? say.refused.pages(message.limit) : say.refused.limit(message.limit);
}

function Refusal({ message }: { message: Refused }) {
  return <AnswerBox message={message} className="mt-6" {...refusalOf(message, useWords().checkout)} />;
}
