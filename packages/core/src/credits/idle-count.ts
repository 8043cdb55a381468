/** Counts what is under way, so that whoever closes can wait for it. */
export interface IdleCount {
  readonly count: number
  enter(): void
  leave(): void
  /** Resolves to whether everything was done within the time. */
  idle(timeoutMs: number): Promise<boolean>
}

export function createIdleCount(): IdleCount {
  let count = 0
  const waiting = new Set<() => void>()
  return {
    get count() {
      return count
    },
    enter() {
      count += 1
    },
    leave() {
      count -= 1
      if (count > 0) return
      for (const wake of waiting) wake()
    },
    idle(timeoutMs) {
      if (count === 0) return Promise.resolve(true)
      return new Promise((resolve) => {
        const finish = (done: boolean) => {
          clearTimeout(timer)
          waiting.delete(wake)
          resolve(done)
        }
        const wake = () => finish(true)
        const timer = setTimeout(finish, timeoutMs, false)
        waiting.add(wake)
      })
    },
  }
}
