import type { PackedPieces } from "./packed-page.ts";

/** Pieces of a page, and between each two of them the placeholder that stood there. */
export interface Page {
  pieces: Buffer[];
  places: string[];
  /** Made for the first visitor who accepts gzip. */
  packed?: Promise<PackedPieces>;
}

/** What a kept page takes besides its text: about what was measured for one of no text, and room for its packed pieces. */
const OVERHEAD = 1_024;
const PACKED = 0.5;

/** Rendered pages by name, up to a number of them and of their bytes. The one used last is last; the first is dropped first. */
export class PageStore {
  readonly #pages = new Map<string, { page: Promise<Page>; bytes: number }>();
  readonly #limits: { pages: number; bytes: number };
  #bytes = 0;

  constructor(limits: { pages: number; bytes: number }) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The page of this name: the one that is kept, or what `render` makes. */
  get(name: string, render: () => Promise<Page>): Promise<Page> {
    return this.find(name) ?? this.#add(name, render());
  }

  /** The page of this name, if it is kept, or is being rendered. */
  find(name: string): Promise<Page> | undefined {
    const kept = this.#pages.get(name);
    if (!kept) return undefined;
    this.#pages.delete(name);
    this.#pages.set(name, kept);
    return kept.page;
  }

  #add(name: string, page: Promise<Page>): Promise<Page> {
    this.#pages.set(name, { page, bytes: 0 });
    const weigh = ({ pieces }: Page) => {
      const kept = this.#pages.get(name);
      if (kept?.page !== page) return;
      const text = pieces.reduce((sum, piece) => sum + piece.length, 0);
      kept.bytes = OVERHEAD + Math.ceil(text * (1 + PACKED));
      this.#bytes += kept.bytes;
      this.#makeRoom();
    };
    const drop = () => this.#pages.get(name)?.page === page && this.#pages.delete(name);
    page.then(weigh, drop);
    return page;
  }

  #makeRoom(): void {
    for (const [name, { bytes }] of this.#pages) {
      if (this.#pages.size <= this.#limits.pages && this.#bytes <= this.#limits.bytes) return;
      this.#pages.delete(name);
      this.#bytes -= bytes;
    }
  }
}
