import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Runs `start` in no request's async context. Whatever outlives the request that started it (a loop, a timer) goes through
 * this: begun inside, it would run as that request for as long as it lives, name it in logs, and keep it from being freed.
 */
export const outside: <T>(start: () => T) => T = AsyncLocalStorage.snapshot();
