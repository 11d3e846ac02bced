/** How a program of its own decodes pictures that strangers have made. It gives way to everything else from the moment that this is imported. */
import { setPriority } from "node:os";
import sharp from "sharp";

/** More than any phone takes: four bytes each when it is decoded. */
export const MOST_PIXELS = 60_000_000;

setPriority(19);
sharp.concurrency(1);
sharp.cache(false);
// Whatever the bytes say they are, nothing but these four looks at them.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["VipsForeignLoadPng", "VipsForeignLoadJpeg", "VipsForeignLoadWebp", "VipsForeignLoadHeif"],
});

export { default as sharp, type Sharp } from "sharp";
