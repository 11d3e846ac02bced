import { afterEach, beforeEach, expect, vi } from "vitest";

let consoleError: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  consoleError = vi.spyOn(console, "error");
});

/** What a library complains about is a defect of the test or of the shop: it fails the test that caused it. */
afterEach(() => {
  const complaints = consoleError.mock.calls;
  consoleError.mockRestore();
  expect(complaints).toEqual([]);
});
