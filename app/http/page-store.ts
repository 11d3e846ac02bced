/** Pieces of a page, and between each two of them the placeholder that stood there. */
export interface Page {
  pieces: Buffer[];
  places: string[];
}

/** What a kept page takes besides its text: about what was measured for one of no text. */
const OVERHEAD = 1_024;

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
    const kept = this.#pages.get(name) ?? { page: this.#add(name, render()), bytes: 0 };
    this.#pages.delete(name);
    this.#pages.set(name, kept);
    return kept.page;
  }

  #add(name: string, page: Promise<Page>): Promise<Page> {
    const weigh = ({ pieces }: Page) => {
      const kept = this.#pages.get(name);
      if (kept?.page !== page) return;
      kept.bytes = pieces.reduce((sum, piece) => sum + piece.length, OVERHEAD);
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
