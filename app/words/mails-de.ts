/** German, as the mails speak it. */
import { formatPrice } from "#app/shop/money.ts";
import { type Block, link } from "./letter.ts";
import type { Mails } from "./mails.ts";
import { formatMoment } from "./moment.ts";

export const mails: Mails = {
  yours: ({ itemName, quantity, number, soldAt, zone, paid, receipt }) => ({
    subject: `Deins: ${itemName}`,
    blocks: [
      quantity === 1 ? `${itemName} gehört dir.` : `${quantity} Stück ${itemName} gehören dir.`,
      {
        facts: [
          ["Nummer", `${number}`],
          ["Anzahl", `${quantity}`],
          ["Bezahlt", paid ? formatPrice(paid, "de") : "nichts (der Shop hat keine Zahlung verlangt)"],
          ["Gekauft am", formatMoment(soldAt, "de", zone)],
        ],
      },
      ...link("Dein Beleg", receipt),
      "Bewahre diese E-Mail auf. Wer den Link hat, kann den Beleg sehen.",
    ],
  }),

  sent: ({ itemName, quantity, tracking, receipt }) => ({
    subject: `Unterwegs: ${itemName}`,
    blocks: [
      quantity === 1 ? `${itemName} ist unterwegs zu dir.` : `${quantity} Stück ${itemName} sind unterwegs zu dir.`,
      ...link("Sendung verfolgen", tracking),
      ...link("Dein Beleg", receipt),
    ],
  }),

  refunded: ({ itemName, refunded, receipt }) => ({
    subject: `Erstattet: ${formatPrice(refunded, "de")} für ${itemName}`,
    blocks: [
      `${formatPrice(refunded, "de")} für ${itemName} wurden der Karte gutgeschrieben, mit der du bezahlt hast.`,
      "Bis der Betrag auf deiner Abrechnung erscheint, können einige Tage vergehen.",
      ...link("Dein Beleg", receipt),
    ],
  }),

  orders: ({ orders, more, zone }) => ({
    subject: orders.length === 1 ? "Deine Bestellung" : "Deine Bestellungen",
    blocks: [
      "Jemand, vermutlich du, hat nach den Belegen zu dieser E-Mail-Adresse gefragt.",
      ...orders.flatMap(({ itemName, quantity, number, soldAt, receipt }): Block[] => {
        const line = `${quantity === 1 ? "" : `${quantity} × `}${itemName}, Nr. ${number}, ${formatMoment(soldAt, "de", zone)}`;
        return receipt === undefined ? [line] : link(line, receipt);
      }),
      ...(more ? ["Es gibt noch frühere. Schreib dem Shop, wenn dir eine davon fehlt."] : []),
      "Wer einen Link hat, kann den Beleg sehen. Hast du nicht danach gefragt, hat niemand etwas gesehen: Lösch diese Mail.",
    ],
  }),

  holdEnded: ({ itemName, endedAt, zone, page }) => ({
    subject: `Nicht mehr für dich reserviert: ${itemName}`,
    blocks: [
      `${itemName} war bis zum ${formatMoment(endedAt, "de", zone)} für dich reserviert und wurde nicht bezahlt. Dir wurde nichts berechnet.`,
      ...link("Nachsehen, ob es noch zu haben ist", page),
    ],
  }),
};
