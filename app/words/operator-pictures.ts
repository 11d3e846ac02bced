/** What the page of an item's pictures says. */
import type { NoPicture } from "#app/operator/make-picture.server.ts";

export const words = {
  title: (item: string) => `Pictures of ${item}`,
  link: "Pictures",
  back: "Back to the item",
  add: "Add a picture",
  file: "Picture",
  fileHint:
    "PNG, JPEG, WebP or AVIF, at most 10 MB. The shop keeps smaller copies of it, without the place and time of the photo.",
  alt: "What it shows",
  altHint: "One sentence for whoever does not see it.",
  upload: "Upload",
  uploading: "Uploading…",
  position: (number: number, of: number) => (number === 1 ? `1 of ${of}, shown first` : `${number} of ${of}`),
  save: "Save the text",
  up: "Move up",
  remove: "Remove",
  of: (alt: string) => `: ${alt}`,
  asItIs: "A file of the shop, shown as it is.",
  done: "Saved.",
  noFile: "Choose a picture first.",
  tooMany: (most: number) => `An item has at most ${most} pictures. Remove one first.`,
  gone: "Somebody has removed that picture meanwhile.",
  last: "An item has at least one picture. Add another one first.",
  refused: (no: NoPicture): string => {
    switch (no.why) {
      case "empty":
        return "The file is empty. Choose another one.";
      case "too_large":
        return "The file is larger than 10 MB. Export it smaller, then try again.";
      case "too_many_pixels":
        return "The picture has more than 60 million pixels. Export it smaller, then try again.";
      case "broken":
        return "The picture is broken or did not arrive whole. Open it, save it anew, then try again.";
      case "took_too_long":
        return "The picture took longer than 30 seconds. Try again when the shop has less to do, or export it smaller.";
      case "kind":
        return `This is ${no.found ?? "no picture that the shop can read"}. Send PNG, JPEG, WebP or AVIF.`;
      default:
        return no satisfies never;
    }
  },
};
