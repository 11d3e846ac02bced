/** Carries out one command of `npm run contacts` with the database of its settings. */
import { eraseContact } from "#app/checkout/contacts.server.ts";
import { Refusal } from "#server/refusal.ts";
import { carryOut } from "../carry-out.ts";
import { print } from "../items/print.ts";
import { readCommand } from "./command-line.ts";

await carryOut(async () => {
  const { orderId } = readCommand(process.argv.slice(2));
  const { contact, party, mails, unsent } = await eraseContact(orderId);
  if (contact === null) throw new Refusal(`There is no contact of order ${orderId}.`);
  print(
    contact === "erased" ? `Erased: name, e-mail, address and receipt link of ${orderId}.` : "Contact: erased before.",
    `Mails: ${mails} erased, ${unsent} not to be sent any more.`,
    party === "erased"
      ? "Person: forgotten."
      : "Person: kept as a keyed hash while the run is on, for the limit of each buyer. It is erased when the run ends.",
    "What stays: the order without a name, and whatever the payment provider, the mail server and backups of the database have.",
  );
});
