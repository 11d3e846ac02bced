/** The bank's page for people: plain HTML, no script, on the shop's address or on the bank's own. */
import { createHash } from "node:crypto";
import { fromProvider } from "#app/checkout/amounts.ts";
import { formatPrice } from "#app/shop/money.ts";
import type { PaymentRow } from "./objects.ts";
import type { Why } from "./people.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1a17; --paper: #f6f3ee; --card: #fff; --line: #8a8378; --accent: #1f4f8f; --on: #fff; --bad: #9b1c1c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece7df; --paper: #171513; --card: #221f1c; --line: #9a9287; --accent: #9cc3ff; --on: #10202f; --bad: #ffb0a8; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 30rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.notice { margin: 0; padding: .75rem 1rem; border: 2px dashed var(--line); border-radius: .5rem; }
h1 { margin: 1.5rem 0 0; font-size: 1.25rem; overflow-wrap: anywhere; }
.sum { margin: 0 0 1rem; font-size: 2rem; font-weight: 700; }
.bad { margin: 0 0 1rem; color: var(--bad); font-weight: 600; }
form { display: grid; gap: .75rem; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
button { font: inherit; padding: .75rem 1rem; border-radius: .375rem; border: 1px solid var(--line); background: transparent; color: inherit; text-align: left; cursor: pointer; }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button[value=pay] { background: var(--accent); border-color: var(--accent); color: var(--on); font-weight: 700; }
`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

const WORDS: Record<Why, string> = {
  declined: "The card was declined. Nothing was charged. You can try again.",
  over: "This page has expired. Nothing was charged.",
  "under-way": "This payment is already being processed. The shop will be told.",
};

const BUTTONS = [
  ["pay", "Pay"],
  ["decline", "Have the card declined"],
  ["later", "Pay, but let the bank take a few seconds"],
  ["leave", "Leave without paying"],
] as const;

export interface Page {
  status: number;
  html: string;
  policy: string;
}

export function paymentPage(payment: PaymentRow, why?: Why): Page {
  const sum = formatPrice(fromProvider(payment.amount, payment.currency));
  // Whoever finds out that it is over by pressing may have a way back, and no other.
  const buttons = BUTTONS.filter(([outcome]) => !why || why === "declined" || outcome === "leave");
  return page(
    200,
    `<h1>${escape(payment.description)}</h1>
    <p class="sum">${escape(sum)}</p>
    ${why ? `<p class="bad" role="alert">${WORDS[why]}</p>` : ""}
    <form method="post" data-bank>
      ${buttons.map(([outcome, says]) => `<button name="outcome" value="${outcome}">${says}</button>`).join("\n      ")}
    </form>`,
    [payment.success_url, payment.cancel_url].map((url) => new URL(url).origin),
  );
}

export function noPage(): Page {
  return page(404, "<h1>There is no such payment</h1>\n<p>Part of the address may be missing.</p>");
}

export function refusedPage(status: number, says: string): Page {
  return page(status, `<h1>That did not work</h1>\n<p>${escape(says)}</p>`);
}

function page(status: number, content: string, formsLeadTo: string[] = []): Page {
  return {
    status,
    // Chrome looks at where a form's redirects lead, too.
    policy: `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${["'self'", ...new Set(formsLeadTo)].join(" ")}; frame-ancestors 'none'; base-uri 'none'`,
    html: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>Test bank</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
    <p class="notice"><strong>Test bank.</strong> No money moves here. Choose what should happen.</p>
    ${content}
    </main>
  </body>
</html>
`,
  };
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
