import type { Eventually } from './driver.ts'

/**
 * Runs a step that does not wait. What it throws becomes a rejection, as the port of the drivers wants it.
 *
 * @example
 * hold: (request) => atOnce(() => engine.hold(request))
 */
export function atOnce<Result>(step: () => Result): Eventually<Result> {
  try {
    return step()
  } catch (error) {
    return Promise.reject(error)
  }
}
