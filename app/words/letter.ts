import type { ShopSettings } from "#app/shop/shop-settings.ts";

/** What a mail says, whatever it is read with. */
export interface Letter {
  subject: string;
  blocks: Block[];
}

/** A paragraph, a link that stands alone, facts with their labels, or who signs it, line by line. */
export type Block =
  string | { label: string; href: string } | { facts: [label: string, value: string][] } | { signed: string[] };

/** A link that stands alone, if there is one: a shop that does not know its own address sends none. */
export function link(label: string, href: string | undefined): Block[] {
  return href === undefined ? [] : [{ label, href }];
}

/** Whose mail it is: at its head and at its foot. */
export function signed({ subject, blocks }: Letter, { name, address, email }: ShopSettings): Letter {
  return {
    subject: `${subject} · ${name}`,
    blocks: [...blocks, { signed: [name, ...address.split("\n"), email].filter((line) => line !== "") }],
  };
}
