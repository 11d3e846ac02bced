/** German, as the pages of the shop speak it. */
import type { Price } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { spanInUnits, type Units } from "#app/shop/span.ts";
import type { Language } from "./languages.ts";
import { plural } from "./plural.ts";
import { timesIn } from "./times.ts";
import type { Words } from "./words.ts";

const UNITS: Units = [
  ["T", 86_400],
  ["Std.", 3_600],
  ["Min.", 60],
  ["Sek.", 1],
];

function spoken(seconds: number): string {
  return seconds >= 60 ? plural(Math.round(seconds / 60), "Minute", "Minuten") : plural(seconds, "Sekunde", "Sekunden");
}

const lines = {
  line1: "Straße und Hausnummer",
  line2: "die zweite Zeile",
  postcode: "die Postleitzahl",
  city: "den Ort",
  region: "die Region",
};

function inSeconds(seconds: number): string {
  return seconds === 1 ? "einer Sekunde" : `${seconds} Sekunden`;
}

const LANGUAGE: Language = "de";

export const de: Words = {
  lang: LANGUAGE,
  price: (price: Price) => formatPrice(price, LANGUAGE),
  time: timesIn(LANGUAGE),

  navigation: "Shop",
  findOrder: {
    title: "Bestellung finden",
    intro: "Gib die E-Mail-Adresse ein, mit der du gekauft hast. Wir schicken dir die Links zu deinen Belegen.",
    email: "E-Mail",
    send: "Links zuschicken",
    sending: "Wird gesendet …",
    asked: {
      title: "Schau in dein Postfach",
      text: (email) =>
        `Wenn mit ${email} etwas gekauft wurde, ist eine Mail mit den Belegen unterwegs. Das kann ein paar Minuten dauern.`,
      next: "Nichts da? Sieh im Spam nach, und versuche es mit deinen anderen Adressen. An eine Adresse schreiben wir höchstens alle zehn Minuten und fünfmal am Tag.",
    },
    tooOften: (minutes) =>
      `Aus deinem Netz wurde sehr oft gefragt. Versuche es in ${minutes === 1 ? "einer Minute" : `${minutes} Minuten`} wieder.`,
    elsewhere:
      "Auch der Browser, mit dem du gekauft hast, kennt deine Belege: Öffne dort die Seite des Stücks. Was noch nicht bezahlt ist, zählt nicht als Bestellung.",
    noMail: "Dieser Shop verschickt keine Mails und kann dir die Links nicht zuschicken.",
    writeTo: "Schreib dem Shop, was du wann gekauft hast:",
  },
  shopPages: {
    about: "Über uns",
    shipping: "Versand",
    returns: "Rückgabe",
    terms: "AGB",
    privacy: "Datenschutz",
    imprint: "Impressum",
  },

  window: {
    empty: "Noch ist nichts im Verkauf. Das erste Stück erscheint hier von selbst.",
    get: "Sichere dir eins",
    getLast: "Sichere dir das letzte",
    look: "Ansehen",
    edition: (count) => (count === 1 ? "Ein Einzelstück" : `Auflage: ${count} Stück`),
    gone: "Vergriffen",
    closes: (closing) => `Im Verkauf bis ${closing}`,
    closedOn: (day) => `Beendet am ${day}`,
    goneOn: (day) => `Ausverkauft am ${day}`,
    goneWithin: (day, seconds) => `Ausverkauft am ${day}, nach ${spanInUnits(seconds, UNITS)}`,
    opens: (opening) => `Ab ${opening}`,
    opened: (opening) => `Seit ${opening}`,
  },

  stock: {
    state: {
      available: "Verfügbar",
      all_held: "Alle reserviert",
      sold_out: "Ausverkauft",
      paused: "Pausiert",
      closed: "Beendet",
      not_open: "Kommt bald",
    },
    left: "übrig",
    leftOf: (edition) => `von ${edition} übrig`,
    last: "Das letzte Stück",
    pieces: () => "Stück",
    inCheckout: (count, until) =>
      `${count} an der Kasse, vielleicht wieder frei${until === undefined ? "" : ` um ${until}`}`,
  },

  countdown: {
    days: (count) => plural(count, "Tag", "Tage"),
    opening: {
      label: "Los geht es in",
      now: "Gleich geht es los",
      spoken: (seconds) => `Los geht es in ${spoken(seconds)}.`,
    },
    opened: { label: "Das Warten ist vorbei", text: "Offen" },
    closing: {
      label: "Der Verkauf endet in",
      now: "Der Verkauf endet jetzt",
      spoken: (seconds) => `Der Verkauf endet in ${spoken(seconds)}.`,
    },
    calendar: "In den Kalender",
    entry: (itemName) => `Verkaufsstart: ${itemName}`,
  },

  card: {
    left: (count, of) => (count < of ? `${count} von ${of} übrig` : `Noch ${count} übrig`),
  },

  contact: {
    emailMissing: "Gib deine E-Mail-Adresse ein.",
    emailWrong: "Das ist keine E-Mail-Adresse. Sie sieht aus wie name@example.org.",
    nameMissing: "Gib deinen Namen ein.",
    addressMissing: "Gib die Lieferadresse ein.",
    missing: (field) => `Gib ${lines[field]} an.`,
    countryMissing: "Wähle ein Land.",
    countryUnknown: "Wähle ein Land aus der Liste.",
    tooLong: (most) => `Das ist zu lang. Höchstens ${most} Zeichen sind möglich.`,
    unreadable: "Das enthält Zeichen, die sich nicht drucken lassen. Tippe es ein, statt es einzufügen.",
  },

  checkout: {
    title: (itemName) => `${itemName} bezahlen`,
    heading: (quantity) => (quantity === 1 ? "Für dich reserviert." : `${quantity} sind für dich reserviert.`),
    until: "Reserviert bis",
    left: "übrig",
    toPay: "Zu zahlen",
    email: "E-Mail",
    emailHint: "Dorthin schicken wir den Beleg.",
    name: "Name",
    optional: "optional",
    sendTo: "Wohin sollen wir liefern?",
    line1: "Straße und Hausnummer",
    line2: "Wohnung, Etage, Firma",
    postcode: "Postleitzahl",
    city: "Ort",
    region: "Bundesland oder Region",
    country: "Land",
    chooseCountry: "Land wählen",
    pay: (sum) => `${sum} bezahlen`,
    paying: "Weiter zur Zahlungsseite …",
    payNote: "Du zahlst auf der nächsten Seite mit Karte. Belastet wird sie erst, wenn der Kauf sicher ist.",
    release: "Zurückgeben",
    spoken: (seconds) => `Noch ${spoken(seconds)} Zeit zum Bezahlen.`,
    confirming: {
      title: "Deine Zahlung wird bestätigt …",
      text: "Das dauert einen Moment. Die Seite geht von selbst weiter.",
      notPaid: "Noch nicht bezahlt? Zurück zur Zahlung",
    },
    ended: {
      time: {
        title: "Deine Zeit ist abgelaufen",
        text: "Es wurde nicht rechtzeitig bezahlt. Dir wurde nichts berechnet.",
      },
      given_up: { title: "Zurückgegeben", text: "Dir wurde nichts berechnet." },
      declined: {
        title: "Die Zahlung wurde abgelehnt",
        text: "Deine Bank hat die Zahlung abgelehnt. Der Kauf kam daher nicht zustande. Dir wurde nichts berechnet.",
      },
      reset: {
        title: "Der Verkauf ist beendet",
        text: "Deine Reservierung gilt nicht mehr. Dir wurde nichts berechnet.",
      },
      operator: {
        title: "Der Shop hat die Reservierung beendet",
        text: "Deine Reservierung gilt nicht mehr. Dir wurde nichts berechnet.",
      },
    },
    unsettled: {
      title: "Deine Zeit ist abgelaufen",
      text: "Falls du eine Zahlung freigegeben hast, wird sie gerade geprüft. Die Seite geht von selbst weiter.",
    },
    endedLate:
      "Falls du eine Zahlung freigegeben hast, wird sie storniert. Deine Bank zeigt sie vielleicht noch einige Tage an.",
    refused: {
      limit: (limit) => ({
        title: `Höchstens ${limit} pro Person`,
        text: "Damit wärst du über der Grenze. Dir wurde nichts berechnet. Du kannst zurückgeben, was reserviert ist.",
      }),
      pages: (limit) => ({
        title: `Du warst ${limit} Mal auf der Zahlungsseite`,
        text: "Dir wurde nichts berechnet. Gib zurück, was reserviert ist, und drücke noch einmal.",
      }),
      away: {
        title: "Die Zahlungsseite ist gerade nicht erreichbar",
        text: "Dir wurde nichts berechnet, und deine Reservierung gilt weiter. Versuche es gleich noch einmal.",
      },
      busy: {
        title: "An der Kasse ist viel los",
        text: "Dir wurde nichts berechnet. Versuche es gleich noch einmal.",
      },
      email: {
        title: "Der Zahlungsdienst nimmt diese E-Mail-Adresse nicht an",
        text: "Dir wurde nichts berechnet. Gib eine andere ein.",
      },
    },
    heldOnItem: {
      until: (quantity) => (quantity === 1 ? "Für dich reserviert bis" : `${quantity} für dich reserviert bis`),
      pay: "Bezahlen",
    },
  },

  receipt: {
    title: (itemName) => `Beleg: ${itemName}`,
    quantity: "Anzahl",
    ordered: "Bestellt",
    id: "Bestell-ID",
    yours: (quantity) => (quantity === 1 ? "Es ist deins." : "Sie gehören dir."),
    notYours: (quantity) => (quantity === 1 ? "Es ist nicht deins." : "Sie gehören dir nicht."),
    number: "Nr.",
    edition: (count) => (count === 1 ? "Einzelstück" : `aus einer Auflage von ${count}`),
    pieces: (count) => `${count} Stück`,
    price: "Preis",
    paid: "Bezahlt",
    toPay: "Zu zahlen",
    takenBack: "Der Shop hat diese Bestellung storniert.",
    print: "Drucken",
    certificate: "Als Bild speichern",
    next: {
      title: "Wie es weitergeht",
      mailed: "Dein Beleg ist per E-Mail unterwegs zu dir.",
      ships: (quantity) =>
        quantity === 1
          ? "Wir packen es ein und schreiben dir, wenn es unterwegs ist."
          : "Wir packen sie ein und schreiben dir, wenn sie unterwegs sind.",
      here: "Diese Seite lässt sich nur in diesem Browser öffnen. Drucke oder speichere sie, wenn du sie behalten willst.",
      questions: (email) => `Fragen? Schreib an ${email}.`,
    },
    mine: (itemName, number) => `${itemName}, Nr. ${number}, gehört mir.`,
    payment: {
      authorised: "Deine Zahlung ist freigegeben. Die Karte wird gleich belastet.",
      captured: "Deine Karte wurde belastet.",
      refunded: (sum) => `${sum} wurden deiner Karte gutgeschrieben.`,
      failed:
        "Deine Bank hat die Zahlung doch noch abgelehnt, deshalb gilt der Kauf nicht. Dir wurde nichts berechnet.",
      cancelled: "Die Zahlung wurde storniert, bevor deine Karte belastet wurde.",
    },
  },

  frame: {
    skip: "Zum Inhalt springen",
    promise: "Der Bestand ist live. Kein Stück wird zweimal verkauft.",
    credit: "Läuft mit Lastone.",
    headline: "Von allem nur wenige. Von manchem nur eins.",
    intro: "Kleine Auflagen von Leuten, die sich Zeit lassen. Die Zahl, die du siehst, ist genau das, was noch da ist.",
    toShop: "Zurück zum Shop",
    toItem: "Zurück zum Stück",
  },

  live: {
    connecting: "Verbinde",
    live: "Live",
    asOf: (clock) => `Stand ${clock}`,
    reconnecting: (clock) => `Verbinde neu, Stand ${clock}`,
    offline: (clock) => `Offline, Stand ${clock}`,
    asOfMoment: "Stand",
    again: "Neu laden",
  },

  pictures: (count) => `${count} Bilder`,

  item: {
    noLongerSold: "Nicht mehr im Verkauf",
    archived: "Dieses Stück wird nicht mehr verkauft. Was verkauft ist, bleibt bei seinen Käufern.",
    bySeller: "Die Zahlung klärst du mit dem Verkäufer.",
    resetting: "Wird zurückgesetzt …",
    reset: "Demo zurücksetzen",
    resetNote: (edition) =>
      `Füllt den Bestand auf ${edition} Stück auf und startet einen neuen Verkauf. Frühere Bestellungen bleiben erhalten.`,
    changes: {
      title: "Änderungen",
      on: (moment) => `am ${moment}`,
      opensAt: (from, to) => `Verkaufsstart: vorher ${from}, jetzt ${to}`,
      closesAt: (from, to) => `Verkaufsende: vorher ${from}, jetzt ${to}`,
      price: (from, to) => `Preis: vorher ${from}, jetzt ${to}`,
      limitPerBuyer: (from, to) => `Höchstmenge pro Person: vorher ${from}, jetzt ${to}`,
      maxPerOrder: (from, to) => `Höchstmenge pro Bestellung: vorher ${from}, jetzt ${to}`,
      noTime: "kein Termin",
      noLimit: "keine",
    },
    owned: {
      units: (units) => (units === 1 ? "Du hast schon eins." : `Du hast schon ${units} davon.`),
      receipt: (number, units) =>
        units > 1 ? `Beleg für Bestellung Nr. ${number}, ${units} Stück` : `Beleg für Bestellung Nr. ${number}`,
      limit: (limit) => `Mehr als ${limit} pro Person gibt es nicht.`,
      another: "Noch eins kaufen",
    },
  },

  buy: {
    quantity: "Anzahl,",
    upTo: (most) => `bis ${most}`,
    fewer: "Eins weniger",
    more: "Eins mehr",
    buy: "Kaufen",
    buyLast: "Das letzte kaufen",
    buying: "Wird gekauft …",
    again: "Noch einmal versuchen",
    off: {
      all_held: "Alle reserviert",
      sold_out: "Ausverkauft",
      not_open: "Noch nicht gestartet",
      paused: "Pausiert",
      closed: "Beendet",
    },
    note: {
      soldOut: "Sieh nach, was es noch gibt",
      opens: (opening) => `Ab ${opening}.`,
      closes: (closing) => `Im Verkauf bis ${closing}.`,
      allHeld: (clock) =>
        `Die letzten werden gerade bezahlt. Wird eins wieder frei, sagt es dir diese Seite, frühestens um ${clock}.`,
      paused: "Der Verkauf ist pausiert. Diese Seite sagt dir, wenn es weitergeht.",
      closed: "Der Verkauf ist beendet.",
      kept: "Es bleibt für dich reserviert, während du mit Karte bezahlst.",
    },
    unanswered: "Noch keine Antwort. Drücke noch einmal: Doppelt gekauft wird nichts.",
    placing: "Deine Bestellung wird aufgegeben …",
    decidingLast: "Deine Bestellung wird bestätigt … Gerade ist das letzte Stück weggegangen, vielleicht an dich.",
    deciding: "Deine Bestellung wird bestätigt … Der Bestand hat sich gerade geändert.",
  },

  answer: {
    lost: { title: "Jemand war schneller", next: "Es ist ausverkauft, und es wurde nichts bestellt." },
    notOpen: (opening) => ({
      title: "Noch nicht gestartet",
      next: `Es wurde nichts bestellt.${opening === undefined ? "" : ` Der Verkauf beginnt am ${opening}.`}`,
    }),
    paused: {
      title: "Der Verkauf ist pausiert",
      next: "Es wurde nichts bestellt. Diese Seite sagt dir, wenn es weitergeht.",
    },
    closed: { title: "Der Verkauf ist beendet", next: "Es wurde nichts bestellt." },
    openAgain: {
      title: "Der Verkauf läuft wieder",
      next: "Eben war der Verkauf beendet, und es wurde nichts bestellt. Versuche es noch einmal.",
    },
    allHeld: {
      title: "Alle sind reserviert",
      next: "Die letzten werden gerade bezahlt. Es wurde nichts bestellt. Diese Seite sagt dir, wenn eins wieder frei ist.",
    },
    cameBack: {
      title: "Eins ist wieder frei",
      next: "Eben waren alle reserviert, und es wurde nichts bestellt. Versuche es noch einmal.",
    },
    holdOpen: {
      title: "Eins ist schon für dich reserviert",
      next: "Es wurde nichts Neues bestellt. Bezahle, was für dich reserviert ist, oder gib es zuerst zurück.",
    },
    inStockAgain: {
      title: "Es ist wieder da",
      next: "Eben war es ausverkauft, und es wurde nichts bestellt. Versuche es noch einmal.",
    },
    moreNow: {
      title: "Jetzt sind es mehr",
      next: "Eben waren es nicht genug, und es wurde nichts bestellt. Versuche es noch einmal.",
    },
    notEnough: {
      title: "So viele sind nicht mehr da",
      next: "Es wurde nichts bestellt. Wähle eine kleinere Anzahl und versuche es noch einmal.",
    },
    openNow: {
      title: "Der Verkauf hat begonnen",
      next: "Eben war es noch nicht so weit. Es wurde nichts bestellt. Versuche es noch einmal.",
    },
    resumed: {
      title: "Der Verkauf geht weiter",
      next: "Eben war er pausiert, und es wurde nichts bestellt. Versuche es noch einmal.",
    },
    priceChanged: (was, now) => ({
      title: `Der Preis ist jetzt ${now}`,
      next: `Auf dieser Seite stand noch ${was}. Es wurde nichts bestellt. Kaufe noch einmal, wenn du es zum neuen Preis willst.`,
    }),
    busy: (certain) => ({
      title: "An der Kasse ist viel los",
      next: `${certain ? "Diesmal wurde nichts gekauft." : "Wir wissen noch nicht, ob es geklappt hat."} Versuche es gleich noch einmal: Es ist derselbe Versuch und kauft nichts doppelt.`,
    }),
    newHereAgain: (seconds) => ({
      title: "Einen Moment …",
      next: `Davon gibt es pro Person nur eine begrenzte Anzahl, und dein Browser ist neu hier. In ${inSeconds(seconds)} versuchen wir es noch einmal für dich.`,
    }),
    newHere: (seconds) => ({
      title: "Einen Moment bitte",
      next: `Davon gibt es pro Person nur eine begrenzte Anzahl, und dein Browser ist neu hier oder behält keine Cookies. Es wurde nichts bestellt. Versuche es in ${inSeconds(seconds)} noch einmal.`,
    }),
    notNewAnyMore: {
      title: "Jetzt kannst du kaufen",
      next: "Eben war dein Browser noch neu hier. Es wurde nichts bestellt. Versuche es noch einmal.",
    },
    waitForOthers: (held, until) => ({
      title: "Lass auch andere zum Zug kommen",
      next: `Von hier aus wurden ${held} reserviert und nicht bezahlt. Es wurde nichts bestellt. Ab ${until} kannst du es wieder versuchen.`,
    }),
    limitPerOrder: (limit) => ({
      title: `Höchstens ${limit} pro Bestellung`,
      next: "Es wurde nichts bestellt. Wähle eine kleinere Anzahl und versuche es noch einmal.",
    }),
    limitPerNetwork: (limit) => ({
      title: "Die Grenze für dein Netz ist erreicht",
      next: `Aus einem Netz können ${limit} davon gekauft werden. Es wurde nichts bestellt.`,
    }),
    limitPerPerson: (limit, owned) => ({
      title: `Höchstens ${limit} pro Person`,
      next:
        owned === 0
          ? "Es wurde nichts bestellt. Wähle eine kleinere Anzahl und versuche es noch einmal."
          : `Du hast ${owned}. Du kannst noch ${limit - owned} kaufen. Diese Bestellung wurde nicht aufgegeben.`,
    }),
  },

  share: { share: "Teilen", copied: "Link kopiert", copy: "Kopiere diesen Link:" },

  instead: {
    title: "Noch zu haben",
    nothing: "Was es sonst noch gibt",
    opens: (opening) => `Ab ${opening}`,
    all: "Alles im Shop",
    gone: "Vergriffene Stücke",
  },

  news: {
    soldOut: (name) => `${name} ist ausverkauft.`,
    allHeld: (name) => `Von ${name} sind alle reserviert und werden gerade bezahlt. Vielleicht wird eins wieder frei.`,
    paused: (name) => `Der Verkauf von ${name} ist pausiert.`,
    closed: (name) => `Der Verkauf von ${name} ist beendet.`,
    back: (name) => `${name} ist wieder da.`,
    onSale: (name) => `${name} ist jetzt im Verkauf.`,
  },

  failure: {
    refused: {
      malformed: {
        title: "Diese Anfrage ist nicht vollständig",
        detail: "Es wurde nichts ausgeführt. Geh zurück, lade die Seite neu und versuche es noch einmal.",
      },
      "cookie-invalid": {
        title: "Wir konnten dein Cookie nicht lesen",
        detail: "Es wurde nichts gekauft. Du hast jetzt ein neues Cookie: Geh zurück zum Stück und kaufe noch einmal.",
      },
      "cross-site": {
        title: "Das kam von einer anderen Website",
        detail: "Die Anfrage kam von einer anderen Website und wurde nicht ausgeführt.",
      },
      "not-found": { title: "Nicht gefunden", detail: "Diese Seite gibt es hier nicht." },
      "method-not-allowed": { title: "Das geht hier nicht", detail: "Diese Seite kann man nur lesen." },
      "too-slow": {
        title: "Das hat zu lange gedauert",
        detail: "Es wurde nichts ausgeführt. Versuche es noch einmal, wenn die Verbindung besser ist.",
      },
      "too-large": { title: "Das ist zu groß", detail: "Es wurde nichts ausgeführt." },
      "key-reused": {
        title: "Dieser Schlüssel wurde schon benutzt",
        detail: "Mit diesem Formular wurde schon etwas anderes gekauft. Auf der Seite des Stücks gibt es ein neues.",
      },
    },
    notFound: { item: "Dieses Stück gibt es hier nicht.", order: "Diese Bestellung finden wir nicht." },
    unreachable: {
      title: "Wir erreichen den Shop nicht",
      detail:
        "Falls du gerade bestellt hast, wissen wir noch nicht, ob es geklappt hat. Diese Seite sagt es dir, sobald der Shop antwortet. Ein neuer Versuch kauft nichts doppelt.",
    },
    away: {
      title: "Gleich sind wir wieder da",
      detail: "Der Shop kommt gerade nicht an seinen Bestand. Nichts geht verloren.",
    },
    broken: { title: "Etwas ist kaputtgegangen", detail: "Das war unser Fehler, nicht deiner." },
    keepsChecking: "Diese Seite versucht es von selbst immer wieder.",
    reload: "Seite neu laden",
    reference: "Nenne diese Kennung, wenn du uns schreibst. Sie steht auch in unserem Protokoll:",
  },
};
