/** What a mail says, whatever it is read with. */
export interface Letter {
  subject: string;
  blocks: Block[];
}

/** A paragraph, a link that stands alone, facts with their labels, or who signs it, line by line. */
export type Block =
  string | { label: string; href: string } | { facts: [label: string, value: string][] } | { signed: string[] };
