import type { ConnectionErrorCode } from '../connection-error.ts'

export type DeadlineCode = Extract<
  ConnectionErrorCode,
  'connect_timeout' | 'headers_timeout' | 'body_timeout'
>

/** The one clock of a connection: at any time it waits for at most one thing. */
export interface Deadline {
  /** Replaces what was waited for; 0 milliseconds wait for ever. */
  start(code: DeadlineCode, ms: number): void
  stop(): void
  /** Stops for good and keeps nothing alive. */
  end(): void
}

/**
 * Timers are not touched when bytes come or calls end: one that fires looks what there is to wait for by then.
 * So a busy connection sets about one timer in the time of its longest wait, and none a call.
 *
 * @param isHeldUp While this is so, silence is our own doing and runs out for nobody.
 */
export function createDeadline(onLate: (code: DeadlineCode) => void, isHeldUp: () => boolean): Deadline {
  let timer: NodeJS.Timeout | undefined
  let firesAt = 0
  let waitingFor: DeadlineCode | undefined
  let ms = 0
  let since = 0

  const arm = (now: number) => {
    const due = since + ms
    if (timer !== undefined && firesAt <= due) return
    clearTimeout(timer)
    firesAt = due
    // The socket keeps the process alive while it is waited for.
    timer = setTimeout(fire, due - now).unref()
  }
  const fire = () => {
    timer = undefined
    if (waitingFor === undefined) return
    const now = Date.now()
    if (isHeldUp()) since = now
    if (since + ms > now) return arm(now)
    const late = waitingFor
    waitingFor = undefined
    onLate(late)
  }
  return {
    start(code, time) {
      waitingFor = time > 0 ? code : undefined
      if (time === 0) return
      ms = time
      since = Date.now()
      arm(since)
    },
    stop() {
      waitingFor = undefined
    },
    end() {
      waitingFor = undefined
      clearTimeout(timer)
    },
  }
}
