import type { CreditDriver, Eventually, HoldResult } from '../../packages/core/src/credits/driver.ts'
import { createMemoryCreditDriver } from '../../packages/core/src/credits/memory-driver.ts'

/** One step of the store that takes as long as the test wants. */
export interface LateStep {
  /** The gateway waits for it. */
  readonly asked: Promise<void>
  /** The gateway hears of it from now on. */
  letGo(): void
}

/** Exact credits that answer at once, but for the step that is made to be late. */
export interface SlowStore {
  readonly driver: CreditDriver
  /**
   * Delays the next growth of a hold.
   *
   * @param way What takes so long: the question, or the answer to what is done already.
   */
  delayExtend(way: 'question' | 'answer'): LateStep
  /** How calls ended, by what the store was asked: `settle 51500`, `release`. */
  readonly ends: string[]
  /** The ids of holds that were to grow, or to last longer. */
  readonly extensions: string[]
}

interface Delay {
  readonly way: 'question' | 'answer'
  readonly asked: PromiseWithResolvers<void>
  readonly answered: PromiseWithResolvers<void>
}

export function createSlowStore(): SlowStore {
  const memory = createMemoryCreditDriver()
  const ends: string[] = []
  const extensions: string[] = []
  let delay: Delay | undefined
  const late = async (
    { way, asked, answered }: Delay,
    step: () => Eventually<HoldResult>,
  ): Promise<HoldResult> => {
    const done = way === 'answer' ? step() : undefined
    asked.resolve()
    await answered.promise
    return done ?? step()
  }
  return {
    ends,
    extensions,
    driver: {
      ...memory,
      extend(id, account, request) {
        extensions.push(id)
        const step = () => memory.extend(id, account, request)
        const current = delay
        delay = undefined
        return current ? late(current, step) : step()
      },
      settle(request) {
        ends.push(`settle ${request.modelCost + request.fee}`)
        return memory.settle(request)
      },
      release(id, account) {
        ends.push('release')
        return memory.release(id, account)
      },
    },
    delayExtend(way) {
      const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      delay = { way, asked, answered }
      return { asked: asked.promise, letGo: answered.resolve }
    },
  }
}
