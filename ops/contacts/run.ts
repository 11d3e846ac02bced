/** Carries out one command of `npm run contacts` with the database of its settings. */
import { eraseContact } from "#app/checkout/contacts.server.ts";
import { Refusal } from "#server/refusal.ts";
import { carryOut } from "../carry-out.ts";
import { print } from "../items/print.ts";
import { readCommand } from "./command-line.ts";

await carryOut(async () => {
  const { orderId } = readCommand(process.argv.slice(2));
  const { contact, party, mails, unsent } = await eraseContact(orderId);
  if (contact === null) throw new Refusal(`There is no contact for order ${orderId}.`);
  print(
    contact === "erased" ? `Erased: name, e-mail, address and receipt link of ${orderId}.` : "Contact: already erased.",
    `Mails: ${mails} erased, ${unsent} will not be sent.`,
    party === "erased"
      ? "Person: forgotten."
      : "Person: kept as a keyed hash while the run is on, for the limit per buyer, and erased when it ends.",
    "What stays: the order without a name, and whatever the payment provider, the mail server and database backups hold.",
  );
});
