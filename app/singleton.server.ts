/**
 * Makes a value once per process. The development server loads a changed module again, which would otherwise open a
 * second pool or lose every open stream. What is kept here goes on with the code it was made with, until the server starts anew.
 */
export function singleton<T>(name: string, make: () => T): T {
  const kept = globalThis as typeof globalThis & { lastone?: Map<string, unknown> };
  kept.lastone ??= new Map();
  if (!kept.lastone.has(name)) kept.lastone.set(name, make());
  return kept.lastone.get(name) as T;
}
