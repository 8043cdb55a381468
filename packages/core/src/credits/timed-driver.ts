import type { CreditDriver, Eventually } from './driver.ts'

/** A step of a call that the store has answered, or has not. */
export interface TimedStep {
  readonly operation: 'hold' | 'extend' | 'settle' | 'release'
  readonly durationMs: number
  /** False where the outcome is unknown. */
  readonly ok: boolean
}

/**
 * The driver with a clock beside each step of a call.
 *
 * @example
 * const driver = timedDriver(credits, ({ operation, durationMs }) => histogram.observe({ operation }, durationMs))
 */
export function timedDriver(driver: CreditDriver, tell: (step: TimedStep) => void): CreditDriver {
  const timed = <Result>(
    operation: TimedStep['operation'],
    step: () => Eventually<Result>,
  ): Eventually<Result> => {
    const began = performance.now()
    const over = (ok: boolean) => tell({ operation, durationMs: performance.now() - began, ok })
    const result = step()
    if (!(result instanceof Promise)) {
      over(true)
      return result
    }
    result.then(
      () => over(true),
      () => over(false),
    )
    return result
  }
  return {
    ...driver,
    // A server's settings are known once it has answered.
    get durability() {
      return driver.durability
    },
    hold: (request) => timed('hold', () => driver.hold(request)),
    extend: (id, account, request) => timed('extend', () => driver.extend(id, account, request)),
    settle: (request) => timed('settle', () => driver.settle(request)),
    release: (id, account) => timed('release', () => driver.release(id, account)),
  }
}
