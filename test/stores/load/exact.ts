import { createCallId } from '../../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../../packages/core/src/credits/driver.ts'
import type { Spend } from './spend.ts'

/** What a call of a gateway writes into its row. */
const meta = {
  accessKeyId: 'key',
  provider: 'openai',
  model: 'gpt-4o-2024-08-06',
  requested: 'gpt-4o',
  credential: 'managed',
  tier: 'default',
  usage: { text_in: 12, text_out: 34 },
  usageSource: 'provider',
  clientDialect: 'openai-chat',
  upstreamDialect: 'openai-chat',
  streaming: false,
  status: 'succeeded',
  durationMs: 3,
  firstByteMs: 2,
  catalog: 'load',
}

/** Holds and settles by a driver. */
export function spendExactly(driver: CreditDriver): Spend {
  const calls = new Map<string, string>()
  return {
    async hold(account, amount) {
      const id = createCallId()
      const held = await driver.hold({ id, account, amount, ttlMs: 60_000 })
      if (held.ok) {
        calls.set(id, account)
        return id
      }
      // What other calls hold may come back; what is spent does not.
      return held.held > 0n ? 'later' : 'empty'
    },
    async settle(id, cost) {
      const account = calls.get(id) ?? ''
      calls.delete(id)
      const settled = await driver.settle({ id, account, modelCost: cost, fee: 0n, meta })
      return settled.state === 'unknown' ? 0n : settled.charged
    },
  }
}
