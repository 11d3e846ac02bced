/** What the settings page says. */
import type { Setting } from "#app/shop/shop-settings.ts";

/** Characters of a long text, which its writer may read on its own page. */
const MOST_SHOWN = 300;

export const words = {
  title: "Settings",
  saved: "Saved. Every page shows it within a second.",
  save: "Save",
  mistakes: "Nothing was saved yet. Look at the fields that are marked.",
  movedOn:
    "Somebody has changed the settings meanwhile. Nothing was saved. Look at both, and save once more what you want.",
  now: (value: string) => {
    const beginning = Array.from(value).slice(0, MOST_SHOWN).join("");
    return value === "" ? "Now it is empty." : `Now it is “${beginning}${beginning === value ? "" : "…"}”.`;
  },
  fixed: (setting: string) => `Set by ${setting} where the shop is started, and changed there.`,
  adjusted: {
    light: (colour: string) => `On light pages it would be hard to read, so they show ${colour}.`,
    dark: (colour: string) => `On dark pages it would be hard to read, so they show ${colour}.`,
  },
  logo: {
    title: "Logo",
    file: "Picture of the logo",
    hint: "Shown at the top of every page instead of the name, which whoever does not see it is told. PNG, JPEG, WebP or AVIF, at most 10 MB.",
    upload: "Upload the logo",
    uploading: "Uploading…",
    remove: "Remove the logo",
  },
  credit: { on: "Yes", off: "No" },
  pages: {
    title: "Pages of the shop",
    hint: "Each is a link, such as https://shop.example/terms, or a text, which becomes a page of the shop. A text may have Markdown’s marks: a line that begins with # is a heading, with - part of a list; **bold**, [words](https://…). What is empty is left out.",
    at: "Read the page at",
  },
  label: {
    name: "Name of the shop",
    headline: "Headline",
    intro: "Introduction",
    accent: "Accent colour",
    email: "E-mail address of the seller",
    address: "Postal address of the seller",
    about: "About the shop",
    shipping: "Shipping",
    returns: "Returns policy",
    terms: "Terms",
    privacy: "Privacy notice",
    imprint: "Imprint",
    zone: "Time zone",
    credit: "Name Lastone in the footer",
  } satisfies Record<Setting, string>,
  hint: {
    headline: "The largest line above the items.",
    accent: "As #b93a1c. Empty: the shop’s own.",
    address: "In the footer of every page.",
    zone: "An area and a city, such as Europe/Berlin. These pages and the mails tell times in it.",
  } as Partial<Record<Setting, string>>,
};
