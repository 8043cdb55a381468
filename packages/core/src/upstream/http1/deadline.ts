import type { ConnectionErrorCode } from '../connection-error.ts'

export type DeadlineCode = Extract<
  ConnectionErrorCode,
  'connect_timeout' | 'headers_timeout' | 'body_timeout'
>

/** The one clock of a connection: at any time it waits for at most one thing. */
export interface Deadline {
  /** Replaces what was waited for; 0 milliseconds wait for ever. */
  start(code: DeadlineCode, ms: number): void
  /** What is waited for has moved and gets its whole time again. */
  moved(): void
  stop(): void
}

/**
 * A timer that is not touched when bytes come: it looks, when it fires, how long ago the last ones did.
 *
 * @param isHeldUp While this is so, silence is our own doing and runs out for nobody.
 */
export function createDeadline(onLate: (code: DeadlineCode) => void, isHeldUp: () => boolean): Deadline {
  let timer: NodeJS.Timeout | undefined
  let movedAt = 0
  const arm = (code: DeadlineCode, ms: number, delay: number) => {
    timer = setTimeout(() => {
      if (isHeldUp()) movedAt = Date.now()
      const left = movedAt + ms - Date.now()
      if (left > 0) arm(code, ms, left)
      else onLate(code)
    }, delay)
  }
  return {
    start(code, ms) {
      clearTimeout(timer)
      movedAt = 0
      timer = undefined
      if (ms > 0) arm(code, ms, ms)
    },
    moved() {
      movedAt = Date.now()
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
