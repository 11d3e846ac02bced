/**
 * What this instance knows of every item, and who is told when that changes. The row in the database is the truth: what
 * comes in here is a purchase's own result, another instance's hint, or the row read again. The highest version wins, but against a
 * row that was asked for later: then the database went back, as in a failover that lost its last commits.
 */
import { singleton } from "#app/singleton.server.ts";
import { type Item, stateOf, type Stock } from "./item.ts";
import { Pace } from "./pace.ts";

/** Milliseconds after the last look at the database until pages ask it themselves, and until the streams fall silent. */
const FRESH = 2_500;
const KNOWN = 10_000;
/** Milliseconds that a new stream waits for the next look. */
const NEXT_LOOK = 3_000;
/** Milliseconds before an item opens in which a timer is set for it: looks come every second, and a late one must not miss it. */
const SOON = 2_500;

/** The state of an item without what follows from the time. */
export type Change = Omit<Stock, "state">;

/** `urgent`: sold out, back, open, or a new run, which nobody may miss. */
type Listener = (stock: Stock, urgent: boolean) => void;

/** `itemIds`: those that are new, or of which something else than the stock has changed. None when one is gone, or has another place. */
type CatalogueListener = (itemIds: string[]) => void;

export class Memory {
  readonly #items = new Map<string, Item>();
  /** Time (performance.now) at which the state of an item was learned. */
  readonly #learnedAt = new Map<string, number>();
  readonly #listeners = new Set<Listener>();
  readonly #catalogueListeners = new Set<CatalogueListener>();
  readonly #paces = new Map<string, Pace>();
  readonly #openings = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #waitingToSee = new Set<() => void>();
  #seenAt = -Infinity;
  /** What the database's clock is ahead of this machine's, in milliseconds. */
  #clockAhead = 0;

  /** Whether the memory was compared with the database a moment ago: if not, ask the database instead. */
  get isFresh(): boolean {
    return performance.now() - this.#seenAt < FRESH;
  }

  /** Whether streams may go on: a database that restarts is no reason to send thousands of browsers away. */
  get isKnown(): boolean {
    return performance.now() - this.#seenAt < KNOWN;
  }

  /** Whether it is fresh, or becomes so with a look at the database that is about to come, as at the start. */
  async becomesFresh(): Promise<boolean> {
    if (!this.isFresh) {
      await new Promise<void>((resolve) => {
        this.#waitingToSee.add(resolve);
        setTimeout(() => {
          this.#waitingToSee.delete(resolve);
          resolve();
        }, NEXT_LOOK).unref();
      });
    }
    return this.isFresh;
  }

  /** Every item in the order of the shop window. */
  items(): Item[] {
    return [...this.#items.values()].map((item) => this.#now(item));
  }

  item(itemId: string): Item | undefined {
    const item = this.#items.get(itemId);
    return item && this.#now(item);
  }

  /** The stock of these items, or of all. */
  stock(itemIds: ReadonlySet<string> | undefined): Stock[] {
    return this.items()
      .filter(({ id }) => !itemIds || itemIds.has(id))
      .map(onlyStock);
  }

  /** Calls `listener` with each change from now on; returns what ends that. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Likewise with each change of what is for sale, and of what is told of it. */
  onCatalogue(listener: CatalogueListener): void {
    this.#catalogueListeners.add(listener);
  }

  /**
   * Replaces what is remembered by what the database has. `databaseNow` in milliseconds since 1970, `askedAt` the time
   * (performance.now) at which the database was asked for it.
   */
  replace(items: Item[], databaseNow: number, askedAt: number): void {
    const isFirst = this.#seenAt === -Infinity;
    const before = new Map(this.items().map((item) => [item.id, item]));
    this.#items.clear();
    this.#clockAhead = databaseNow - Date.now();
    for (const item of items) {
      const known = before.get(item.id);
      // A purchase may have brought a newer state while these rows were on their way.
      const isNews = !known || item.version > known.version || this.#wentBack(known, item, askedAt);
      this.#items.set(item.id, isNews ? item : { ...item, ...onlyChange(known) });
      if (isNews) this.#learnedAt.set(item.id, performance.now());
      // Its opening may have been moved, which makes no new version.
      if (isNews ? !isFirst : known.state !== this.item(item.id)?.state) this.#change(item);
    }
    this.seen(databaseNow);
    if (!isFirst) this.#compareCatalogues(wordsOf(before.values()), wordsOf(items));
  }

  #compareCatalogues(before: Map<string, string>, now: Map<string, string>): void {
    if (String([...before]) === String([...now])) return;
    const changed = [...now.keys()].filter((id) => now.get(id) !== before.get(id));
    for (const listener of this.#catalogueListeners) listener(changed);
  }

  /** The database has been looked at, and what is remembered is right. */
  seen(databaseNow: number): void {
    this.#seenAt = performance.now();
    for (const resolve of this.#waitingToSee) resolve();
    this.#waitingToSee.clear();
    this.#clockAhead = databaseNow - Date.now();
    this.#watchOpenings();
  }

  /** An item opens without a change of its row: every instance tells that by itself, by the database's clock. */
  #watchOpenings(): void {
    for (const { id, opensAt } of this.#items.values()) {
      const wait = (opensAt?.getTime() ?? -Infinity) - this.#databaseNow();
      clearTimeout(this.#openings.get(id));
      // A timer may be a millisecond early.
      if (wait > 0 && wait < SOON) this.#openings.set(id, setTimeout(() => this.#change({ id }), wait + 2).unref());
      else this.#openings.delete(id);
    }
  }

  /** Remembers a newer state and tells it; an older one is nothing new. Returns whether it was news. `askedAt` as above, for a row. */
  learn(change: Change, askedAt = -Infinity): boolean {
    const known = this.#items.get(change.id);
    if (!known || !(change.version > known.version || this.#wentBack(known, change, askedAt))) return false;
    this.#items.set(change.id, { ...known, ...onlyChange(change) });
    this.#learnedAt.set(change.id, performance.now());
    this.#change(change);
    return true;
  }

  /** A row that is older than what had been learned when it was asked for, or another of the same version. */
  #wentBack(known: Change, row: Change, askedAt: number): boolean {
    const differs =
      row.version < known.version ||
      (row.version === known.version && (row.quantity !== known.quantity || row.run !== known.run));
    return differs && askedAt > (this.#learnedAt.get(row.id) ?? -Infinity);
  }

  #change({ id }: { id: string }): void {
    const pace = this.#paces.get(id) ?? new Pace((urgent) => this.#tell(id, urgent));
    this.#paces.set(id, pace);
    const item = this.item(id);
    if (item) pace.changed(item);
  }

  #tell(itemId: string, urgent: boolean): void {
    const item = this.item(itemId);
    if (!item) return;
    const stock = onlyStock(item);
    for (const listener of this.#listeners) listener(stock, urgent);
  }

  #now(item: Item): Item {
    const notOpen = item.opensAt !== null && item.opensAt.getTime() > this.#databaseNow();
    return { ...item, state: stateOf(item.quantity, notOpen) };
  }

  #databaseNow(): number {
    return Date.now() + this.#clockAhead;
  }
}

function onlyChange({ id, quantity, version, run }: Change): Change {
  return { id, quantity, version, run };
}

function onlyStock({ id, quantity, version, run, state }: Stock): Stock {
  return { id, quantity, version, run, state };
}

/** What a page shows of each item besides its stock, in the order of the window. */
function wordsOf(items: Iterable<Item>): Map<string, string> {
  return new Map(
    [...items].map((item) => [item.id, JSON.stringify({ ...item, quantity: 0, version: 0, run: 0, state: undefined })]),
  );
}

export const memory = singleton("memory", () => new Memory());

/** Who carries what is committed here to other instances. */
const publication = singleton("publication", () => ({ listeners: new Set<(change: Change) => void>() }));

/** Calls `listener` with each change that this instance commits. */
export function onPublished(listener: (change: Change) => void): void {
  publication.listeners.add(listener);
}

/** Shows a committed change to this instance at once, and hands it to whoever carries it on. Call it after COMMIT only: what is rolled back must not be seen. */
export function publish({ id, quantity, version, run }: Change): void {
  const change = { id, quantity, version, run };
  memory.learn(change);
  for (const listener of publication.listeners) listener(change);
}
