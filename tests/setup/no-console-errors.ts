import { afterEach, beforeEach, expect, vi } from "vitest";

const consoleError = vi.spyOn(console, "error");

beforeEach(() => {
  consoleError.mockClear();
});

/** What a library complains about is a defect of the test or of the shop: it fails the test that caused it. */
afterEach(() => {
  expect(consoleError.mock.calls).toEqual([]);
});
