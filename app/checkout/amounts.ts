/**
 * Sums of money as the provider counts them (docs.stripe.com/currencies, read in November 2026). Mostly that is ISO 4217, and so
 * the shop's own way. Where it is not, the difference is a hundred times the price.
 */
import type { Price } from "#app/shop/item.ts";
import { digitsOf, formatPrice } from "#app/shop/money.ts";

/**
 * Digits of the provider's unit where they are not ours. ISK and UGX no longer have a minor unit, and are written with two digits, always
 * 00. HUF and TWD are charged with two digits like any other: they are whole only where money is paid out.
 */
const OTHER_DIGITS = new Map([
  ["ISK", 2],
  ["UGX", 2],
  ["MGA", 0],
]);

/** Of the currencies with three digits those that cards are charged in, in tens of the minor unit. */
const IN_TENS = new Set("BHD JOD KWD OMR TND".split(" "));

/** What the provider's fee must not exceed, in its units. It judges the others by the currency that it pays out in. */
const LEAST = new Map(
  Object.entries({
    AED: 200,
    ARS: 50,
    AUD: 50,
    BRL: 50,
    CAD: 50,
    CHF: 50,
    COP: 50,
    CZK: 1_500,
    DKK: 250,
    EUR: 50,
    GBP: 30,
    HKD: 400,
    HUF: 17_500,
    IDR: 50,
    ILS: 50,
    INR: 50,
    JPY: 50,
    KRW: 50,
    MXN: 1_000,
    MYR: 200,
    NOK: 300,
    NZD: 50,
    PHP: 50,
    PLN: 200,
    RON: 200,
    RUB: 50,
    SEK: 300,
    SGD: 50,
    THB: 1_000,
    USD: 50,
    ZAR: 50,
  }),
);

/** In the provider's units: the least of its limits, and so one that holds for every card. */
const MOST = 99_999_999;

/**
 * Why so much cannot be paid by card, as the end of a sentence that begins with "price"; undefined when it can be. `mostUnits`: as many as
 * one order may have. What costs nothing is never paid for.
 */
export function whyNotPayable({ amount, currency }: Price, mostUnits = 1): string | undefined {
  if (amount === 0) return undefined;
  const show = (units: number) => formatPrice({ amount: units, currency });
  if (digitsOf(currency) === 3 && !IN_TENS.has(currency)) return `is in ${currency}, in which no card can be charged`;
  const step = stepOf(currency);
  if (amount % step !== 0) return `must be a multiple of ${show(step)} to be paid by card`;
  const least = (LEAST.get(currency) ?? 1) / unitsOf(currency);
  if (amount < least) return `is less than ${show(least)}, the least that a card is charged`;
  const most = Math.floor(MOST / unitsOf(currency));
  if (amount > most) return `is more than ${show(most)}, the most that a card is charged`;
  if (amount * mostUnits > most)
    return `times ${mostUnits}, as many as one order may have, is more than ${show(most)}, the most that a card is charged`;
  return undefined;
}

/** In the provider's units. Throws for what cannot be paid or given back. */
export function toProvider({ amount, currency }: Price): number {
  const units = Math.round(amount * unitsOf(currency));
  if (amount <= 0 || amount % stepOf(currency) !== 0 || units > MOST)
    throw new Error(`No card can be charged ${formatPrice({ amount, currency })}`);
  return units;
}

/** A sum of the provider's, whose currencies are in lower case. */
export function fromProvider(units: number, code: string): Price {
  const currency = code.toUpperCase();
  const amount = Math.round(units / unitsOf(currency));
  if (amount * unitsOf(currency) !== units) throw new Error(`The provider counts a fraction: ${units} ${code}`);
  return { amount, currency };
}

/** The provider's units in one of ours. */
function unitsOf(currency: string): number {
  const ours = digitsOf(currency);
  return 10 ** ((OTHER_DIGITS.get(currency) ?? ours) - ours);
}

/** Prices that can be paid are a whole number of these of our units. */
function stepOf(currency: string): number {
  return IN_TENS.has(currency) ? 10 : Math.max(1, Math.round(1 / unitsOf(currency)));
}
