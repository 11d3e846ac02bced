/**
 * What a buyer tells of themselves, by form and by API. Nothing is demanded of a name or an address but that it can be written
 * down and printed on a parcel: whatever else a shop believes of them is wrong of somebody.
 */
import { z } from "zod";
import { TURNS, UNSEEN } from "#app/shop/unseen.ts";
import { type Language, LANGUAGES } from "#app/words/languages.ts";
import { type Words, wordsIn } from "#app/words/words.ts";
import { isCountry } from "./countries.ts";

/** A mail box and a domain, as SMTP can carry them (RFC 5321). */
const MOST_OF_EMAIL = 254;
const MOST_OF_LINE = 200;

type Says = Words["contact"];

/**
 * One line of text. Control characters, line breaks and halves of characters are in no name; the database would refuse some. What
 * turns its direction would let an operator read another text than there is.
 */
function line(says: Says, most: number, missing: string) {
  return z
    .string({ required_error: missing, invalid_type_error: missing })
    .transform((given) => given.replaceAll(TURNS, "").normalize("NFC").trim())
    .pipe(
      z
        .string()
        .min(1, missing)
        .max(most, says.tooLong(most))
        .refine((given) => given.isWellFormed() && !UNSEEN.test(given), says.unreadable),
    );
}

/** A field that is left empty is one that is left out. */
function optional<Schema extends z.ZodTypeAny>(schema: Schema) {
  return z.preprocess(
    (given) => (typeof given === "string" && given.trim() === "" ? undefined : given),
    schema.optional(),
  );
}

/** One @ with something on either side, and nothing that ends an address or begins another in a mail's head. */
function emailField(says: Says) {
  return line(says, MOST_OF_EMAIL, says.emailMissing).refine(
    (given) => /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(given),
    says.emailWrong,
  );
}

function addressFields(says: Says) {
  const part = (name: Parameters<Says["missing"]>[0]) => line(says, MOST_OF_LINE, says.missing(name));
  return z.object(
    {
      line1: part("line1"),
      line2: optional(part("line2")),
      postcode: optional(part("postcode")),
      city: part("city"),
      region: optional(part("region")),
      country: z
        .string({ required_error: says.countryMissing, invalid_type_error: says.countryMissing })
        .refine(isCountry, says.countryUnknown),
    },
    { required_error: says.addressMissing, invalid_type_error: says.addressMissing },
  );
}

function formsOf(says: Says) {
  const email = emailField(says);
  const name = line(says, MOST_OF_LINE, says.nameMissing);
  return {
    /** An address is not asked for, and one that comes along is not kept. */
    plain: z.object({ email, name: optional(name) }),
    shipped: z.object({ email, name, address: addressFields(says) }),
    /** Of whoever looks for their orders. */
    bare: z.object({ email }),
  };
}

const FORMS = Object.fromEntries(LANGUAGES.map((language) => [language, formsOf(wordsIn(language).contact)])) as Record<
  Language,
  ReturnType<typeof formsOf>
>;

/** The form of an item that is sent, or is not. What is wrong with a field is told in `language`. */
export function contactForm(ships: boolean, language: Language) {
  return FORMS[language][ships ? "shipped" : "plain"];
}

/** An e-mail address alone, or what is wrong with it. */
export function readEmail(given: string, language: Language): { email: string; error?: undefined } | { error: string } {
  const { data, error } = FORMS[language].bare.safeParse({ email: given });
  return error ? { error: error.issues[0]?.message ?? "" } : data;
}

export type Address = z.output<ReturnType<typeof addressFields>>;
export interface ContactDetails {
  email: string;
  name?: string | undefined;
  address?: Address | undefined;
}

/** What a program has sent: details, or the first fault of each field, by its name: `email`, `address.city`. */
export function readContact(
  given: unknown,
  ships: boolean,
): { details: ContactDetails; errors?: undefined } | { details?: undefined; errors: Record<string, string> } {
  // What is no object has none of the fields.
  const fields = typeof given === "object" && given !== null && !Array.isArray(given) ? given : {};
  const parsed = contactForm(ships, "en").safeParse(fields);
  if (parsed.success) return { details: parsed.data };
  const errors: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) errors[path.join(".")] ??= message;
  return { errors };
}
