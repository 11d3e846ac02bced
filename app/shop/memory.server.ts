/**
 * What this instance knows of every item, and who is told when that changes. The row in the database is the truth: what
 * comes in here is a purchase's own result, another instance's hint, or the row read again. The newest moment wins
 * (item.ts), whichever way it came.
 */
import { outside } from "#app/outside.server.ts";
import { describeError, report } from "#app/report.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { compareMoments, type Item, type Numbers, onlyStock, stateOf, type Stock } from "./item.ts";
import { Pace } from "./pace.ts";

/** Milliseconds after the last look at the database until pages ask it themselves, and until the streams fall silent. */
const FRESH = 2_500;
const KNOWN = 10_000;
/** Milliseconds that a new stream waits for the next look. */
const NEXT_LOOK = 3_000;
/**
 * Milliseconds before an item opens or closes in which a timer is set for it. Longer than streams go on without a look: one that comes
 * after that moment finds the item open or closed already, and tells nothing.
 */
const SOON = KNOWN + 5_000;

/** The stock of an item without what follows from its words and the time. */
export type Change = Omit<Numbers, "state">;

/** `urgent`: sold out, back, open, closed, paused, or a new run, which nobody may miss. `sequence`: the change's place among all of this memory. */
type Listener = (stock: Stock, urgent: boolean, sequence: number) => void;

/** `itemIds`: those that are new or say something new. None when one is gone. */
type CatalogueListener = (itemIds: string[]) => void;

export class Memory {
  /** In the order of the shop window. */
  #items = new Map<string, Item>();
  readonly #shown = new WeakMap<Item, Item>();
  /** How many changes there have been, and for each item which of them was its last. */
  #sequence = 0;
  readonly #lastChange = new Map<string, number>();
  readonly #listeners = new Set<Listener>();
  readonly #catalogueListeners = new Set<CatalogueListener>();
  readonly #paces = new Map<string, Pace>();
  readonly #turns = new Map<string, { at: number; timer: ReturnType<typeof setTimeout> }>();
  readonly #dueListeners = new Set<(itemId: string) => void>();
  readonly #releases = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #waitingToSee = new Set<() => void>();
  #seenAt = -Infinity;
  /** What the database's clock says when this process's (performance.now) is at 0, in milliseconds since 1970: steps of the wall clock change nothing. */
  #clockOrigin = performance.timeOrigin;

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

  /** The stock of these items, as far as they are known, or of all; only of those that have changed since the change `after`. */
  stock(itemIds: Iterable<string> = this.#items.keys(), after = -1): Stock[] {
    const changed = [...itemIds].filter((itemId) => (this.#lastChange.get(itemId) ?? 0) > after);
    return changed.flatMap((itemId) => this.item(itemId) ?? []).map(onlyStock);
  }

  /** The last change so far: what is read now holds it and all before it. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The database's clock, which openings and closings go by. */
  get now(): Date {
    return new Date(this.#databaseNow());
  }

  /** Calls `listener` with each change from now on; returns what ends that. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Likewise with each change of what is for sale, and of its words. */
  onCatalogue(listener: CatalogueListener): void {
    this.#catalogueListeners.add(listener);
  }

  /** Calls `listener` when an item's first hold has had its time, and again with each look until it is ended. */
  onDue(listener: (itemId: string) => void): void {
    this.#dueListeners.add(listener);
  }

  /** Of these rows, the items whose words are not known, or only those of an earlier edition. */
  listBehind(rows: Change[]): string[] {
    return rows.filter((row) => this.#isBehind(row)).map(({ id }) => id);
  }

  #isBehind({ id, epoch, edition }: Change): boolean {
    const known = this.#items.get(id);
    return !known || epoch > known.epoch || (epoch === known.epoch && edition > known.edition);
  }

  /**
   * The database has been looked at: `rows` is every item's stock, `items` those of them whose words were read with it,
   * `databaseNow` its clock, in milliseconds since 1970. `asked` and `answered`: when, by performance.now.
   */
  see(rows: Change[], items: Item[], databaseNow: number, asked = performance.now(), answered = asked): void {
    const isFirst = this.#seenAt === -Infinity;
    const before = new Map(this.items().map((item) => [item.id, item]));
    // It was read at some moment between the two, and mostly long before the answer was, on a busy machine. What was believed so far stands as
    // long as it can be true: set back with each late answer, the clock would close again what has just opened, and tell so.
    const believed = isFirst ? -Infinity : this.#clockOrigin;
    this.#clockOrigin = Math.min(Math.max(believed, databaseNow - answered), databaseNow - asked);
    for (const row of rows) {
      this.#remember(row);
      this.#complete(row);
    }
    const ids = new Set(rows.map(({ id }) => id));
    const isGone = [...before.keys()].some((id) => !ids.has(id));
    if (items.length > 0 || isGone) this.#take(items, ids);

    this.#seenAt = performance.now();
    for (const resolve of this.#waitingToSee) resolve();
    this.#waitingToSee.clear();
    for (const id of this.#items.keys()) this.#watchTurn(id);
    for (const id of this.#items.keys()) this.#watchRelease(id);
    if (isFirst) return;

    for (const { id } of rows) if (!isSame(before.get(id), this.item(id))) this.#change({ id });
    const changed = items.flatMap(({ id }) => (wordsOf(this.item(id)) === wordsOf(before.get(id)) ? [] : id));
    if (changed.length > 0 || isGone) for (const listener of this.#catalogueListeners) listener(changed);
  }

  /** Everything at once, words included. */
  replace(items: Item[], databaseNow: number): void {
    this.see(items, items, databaseNow);
  }

  #take(items: Item[], ids: ReadonlySet<string>): void {
    const all = new Map([...this.#items].filter(([id]) => ids.has(id)));
    for (const item of items) {
      const known = all.get(item.id);
      // A purchase may have brought a newer state while these words were on their way.
      const isNewer = !known || compareMoments(item, { ...known, edition: item.edition }) >= 0;
      all.set(item.id, isNewer ? item : { ...item, ...numbersOf(known) });
    }
    const inOrder = [...all.values()].sort(
      (one, other) => one.position - other.position || (one.id < other.id ? -1 : 1),
    );
    this.#items = new Map(inOrder.map((item) => [item.id, item]));
  }

  /** An item opens and closes without a change of its row: every instance tells that by itself, by the database's clock. */
  #watchTurn(id: string): void {
    const now = this.#databaseNow();
    const { opensAt, closesAt } = this.#items.get(id) ?? {};
    const moments = [opensAt, closesAt].flatMap((moment) => moment?.getTime() ?? []);
    const pending = this.#turns.get(id);
    clearTimeout(pending?.timer);
    this.#turns.delete(id);
    const at = Math.min(...moments.filter((moment) => moment > now));
    const turn = () => {
      this.#turns.delete(id);
      this.#change({ id });
      this.#watchTurn(id);
    };
    // A timer may be a millisecond early.
    if (at - now < SOON) this.#turns.set(id, { at, timer: setTimeout(turn, at - now + 2).unref() });
    // The timer was about to tell: this look has come between the moment and the timer, and sees nothing new itself.
    if (pending && pending.at <= now && moments.includes(pending.at)) this.#change({ id });
  }

  /** A hold ends by itself, but nobody would see it before the next purchase. */
  #watchRelease(id: string): void {
    const nextReleaseAt = this.#items.get(id)?.nextReleaseAt;
    clearTimeout(this.#releases.get(id));
    this.#releases.delete(id);
    if (!nextReleaseAt) return;
    const wait = Date.parse(nextReleaseAt) - this.#databaseNow();
    const tell = () => {
      for (const listener of this.#dueListeners) listener(id);
    };
    if (wait <= 0) outside(tell);
    else if (wait < SOON)
      this.#releases.set(
        id,
        outside(() => setTimeout(tell, wait + 2).unref()),
      );
  }

  /** Remembers a newer state and tells it; an older one is nothing new. Returns whether it was news. */
  learn(change: Change): boolean {
    const isNews = this.#remember(change);
    if (isNews) {
      this.#watchRelease(change.id);
      this.#change(change);
    }
    return isNews;
  }

  /** The words stay those of their own edition until they are read again. */
  #remember(change: Change): boolean {
    const known = this.#items.get(change.id);
    if (!known || compareMoments({ ...change, edition: known.edition }, known) <= 0) return false;
    this.#items.set(change.id, { ...known, ...numbersOf(change) });
    return true;
  }

  /** Whoever told of a change may not have said when the next hold ends, which the row of the same version does. */
  #complete({ id, nextReleaseAt = null, ...moment }: Change): void {
    const known = this.#items.get(id);
    if (!known || known.nextReleaseAt === nextReleaseAt) return;
    if (compareMoments({ ...moment, edition: known.edition }, known) === 0)
      this.#items.set(id, { ...known, nextReleaseAt });
  }

  #change({ id }: { id: string }): void {
    this.#sequence += 1;
    this.#lastChange.set(id, this.#sequence);
    const pace = this.#paces.get(id) ?? new Pace((urgent) => this.#tell(id, urgent));
    this.#paces.set(id, pace);
    const item = this.item(id);
    if (item) outside(() => pace.changed(item));
  }

  #tell(itemId: string, urgent: boolean): void {
    const item = this.item(itemId);
    if (!item) return;
    const stock = onlyStock(item);
    for (const listener of this.#listeners) listener(stock, urgent, this.#lastChange.get(itemId) ?? 0);
  }

  /** The same object, frozen, until something of it changes: what is made from it can be found again by it. */
  #now(item: Item): Item {
    const now = this.#databaseNow();
    const notOpen = item.opensAt !== null && item.opensAt.getTime() > now;
    const closed = item.closesAt !== null && item.closesAt.getTime() <= now;
    const state = stateOf({ ...item, notOpen, closed });
    const known = this.#shown.get(item);
    if (known?.state === state) return known;
    const shown = Object.freeze({ ...item, price: Object.freeze({ ...item.price }), state });
    this.#shown.set(item, shown);
    return shown;
  }

  #databaseNow(): number {
    return performance.now() + this.#clockOrigin;
  }
}

function isSame(one: Stock | undefined, other: Stock | undefined): boolean {
  if (!one || !other || compareMoments(one, other) !== 0) return false;
  const { nextReleaseAt = null } = other;
  return one.state === other.state && (one.nextReleaseAt ?? null) === nextReleaseAt;
}

/** All but what is counted, which streams tell. A payment that begins makes an edition, too, and changes nothing of it. */
function wordsOf(item: Item | undefined): string | undefined {
  if (!item) return undefined;
  const { quantity, held, nextReleaseAt, version, edition, epoch, run, state, ...words } = item;
  return JSON.stringify(words);
}

function numbersOf({ quantity, held, nextReleaseAt = null, version, epoch, run }: Change) {
  return { quantity, held, nextReleaseAt, version, epoch, run };
}

export const memory = singleton("memory", () => new Memory());

/** Who carries what is committed here to other instances. */
const publication = singleton("publication", () => ({ listeners: new Set<(change: Change) => void>() }));

/** Calls `listener` with each change that this instance commits; returns what ends that. */
export function onPublished(listener: (change: Change) => void): () => void {
  publication.listeners.add(listener);
  return () => void publication.listeners.delete(listener);
}

/**
 * Shows a committed change to this instance at once, and hands it to whoever carries it on. Call it after COMMIT only:
 * what is rolled back must not be seen. It never throws: what is committed is done, whoever fails to tell of it.
 */
export function publish(stock: Change): void {
  const { id, edition } = stock;
  // A draft's: it has no version yet, and nobody may hear of it.
  if (stock.version === 0) return;
  const change = { id, edition, ...numbersOf(stock) };
  const learn = (told: Change) => void memory.learn(told);
  for (const listener of [learn, ...publication.listeners]) {
    try {
      listener(change);
    } catch (error) {
      // The look at the rows, once a second, brings the change all the same.
      report("publishing_failed", describeError(error));
    }
  }
}
