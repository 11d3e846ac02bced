/**
 * One reading of a thing at a time, however many ask. Whoever asks while one is under way shares the next: the present one
 * may have looked before what they want to see was there.
 */
export class SharedReading<T> {
  readonly #read: (id: string) => Promise<T>;
  readonly #underWay = new Map<string, { now: Promise<T>; next?: Promise<T> }>();

  constructor(read: (id: string) => Promise<T>) {
    this.#read = read;
  }

  /** What `id` is, read after this call. */
  get(id: string): Promise<T> {
    const reading = this.#underWay.get(id);
    if (!reading) return this.#begin(id);
    const beginNext = () => this.#begin(id);
    return (reading.next ??= reading.now.then(beginNext, beginNext));
  }

  #begin(id: string): Promise<T> {
    const reading: { now: Promise<T>; next?: Promise<T> } = { now: this.#read(id) };
    this.#underWay.set(id, reading);
    const end = () => {
      if (!reading.next) this.#underWay.delete(id);
    };
    reading.now.then(end, end);
    return reading.now;
  }
}
