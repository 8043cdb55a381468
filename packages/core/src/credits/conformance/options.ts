import type { CreditDriver } from '../driver.ts'

/** What the suites need of a test runner: vitest, node:test and jest fit. */
export type TestFunction = (name: string, body: () => Promise<void>, timeoutMs?: number) => unknown

/**
 * Makes a driver that has been initialised and follows the clock it is given. Its store need not be empty, but
 * nobody else may use it meanwhile. The suite closes what it gets: what drivers share, a pool of connections,
 * say, is the factory's to close.
 */
export type CreateDriver = (options: { readonly now: () => number }) => Promise<CreditDriver>
