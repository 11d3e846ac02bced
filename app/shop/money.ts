/**
 * Sums of money as text. Versions of the language data disagree on the digits of some twenty currencies (HUF 9,000.00 or
 * HUF 900,000) and on new symbols (Cg. or XCG), so a server and a browser that asked theirs would show two prices for one
 * item. The shop asks neither.
 */
import type { Language } from "#app/words/languages.ts";
import type { Price } from "./item.ts";

/** The currencies that something can be paid in, by the digits of their minor unit (ISO 4217, without funds, metals and tests). */
const CODES_BY_DIGITS: Record<number, string> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE
      CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
      KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB
      PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY
      TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: "BHD IQD JOD KWD LYD OMR TND",
};

const DIGITS = new Map(
  Object.entries(CODES_BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code): [string, number] => [code, Number(digits)]),
  ),
);

/** Of a code that is not in the table: an item may have been put up in it before the table was there. */
const USUAL_DIGITS = 2;

/** Written with a symbol that all language data has had for many years. The others are written with their code. */
const WITH_SYMBOL = new Set("AUD BRL CAD CNY EUR GBP HKD ILS INR JPY KRW MXN NZD PHP TWD USD VND".split(" "));

export const CURRENCIES: readonly string[] = [...DIGITS.keys()];

export function isCurrency(code: string): boolean {
  return DIGITS.has(code);
}

/** Of the minor unit that the shop counts in. */
export function digitsOf(currency: string): number {
  return DIGITS.get(currency) ?? USUAL_DIGITS;
}

/** Such as €180.00, or 180,00 € in German. Throws for what has not the form of a currency code. */
export function formatPrice({ amount, currency }: Price, language: Language = "en"): string {
  // The decimal point is set in text, so no sum of money is ever a fraction in memory.
  const decimal = writeAmount({ amount: Math.abs(amount), currency });
  return formatOf(language, currency, digitsOf(currency)).format(
    `${amount < 0 ? "-" : ""}${decimal}` as Intl.StringNumericLiteral,
  );
}

/**
 * An amount as people write it, such as 42, 42.00 or 42,00, in the currency's minor unit. Undefined for what is none, has more digits
 * than the currency, or could be read in two ways, such as 1.234,00.
 */
export function readAmount(text: string, currency: string): number | undefined {
  const digits = digitsOf(currency);
  const [, whole, part = ""] = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || part.length > digits) return undefined;
  return Number(whole + part.padEnd(digits, "0"));
}

/** As `readAmount` reads it, such as 42.00: without the currency. */
export function writeAmount({ amount, currency }: Price): string {
  const digits = digitsOf(currency);
  const text = String(amount).padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function formatOf(language: Language, currency: string, digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    currencyDisplay: WITH_SYMBOL.has(currency) ? "symbol" : "code",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
