/** A picture that a form names, because it was sent before. */
import { z } from "zod";
import type { MadePicture } from "#app/shop/pictures.ts";

const MADE = z
  .object({
    name: z.string().regex(/^[0-9a-f]{64}$/),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    widths: z.array(z.number().int().positive()).min(1).max(10),
    blurred: z
      .string()
      .regex(/^data:image\/[a-z]+;base64,[\w+/=]{1,4000}$/)
      .optional(),
  })
  .strict()
  .refine(({ width, widths }) => width === widths.at(-1));

/** As a form carries it, in JSON; undefined for whatever else comes there. */
export function readMade(json: string | undefined): MadePicture | undefined {
  try {
    return MADE.safeParse(JSON.parse(json ?? "")).data;
  } catch {
    return undefined;
  }
}
