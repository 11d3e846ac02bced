/** The language that the shop speaks. Another one is another file of the same type. */
import { en } from "./en.ts";

export type Words = typeof en;

export const words: Words = en;
