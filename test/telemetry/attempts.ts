import { setImmediate as turn } from 'node:timers/promises'
import type { Telemetry } from '@tollgate/core'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import type { LedgerMeta } from '../../packages/core/src/credits/driver.ts'
import { createMemoryCreditDriver } from '../../packages/core/src/credits/memory-driver.ts'
import type { AttemptRecord } from '../../packages/core/src/telemetry/attempt.ts'
import { createCallObserver } from '../../packages/core/src/telemetry/call-observer.ts'
import { readUsageEvents } from '../../packages/core/src/telemetry/read-usage-events.ts'

export const startedAt = Date.UTC(2027, 0, 31, 12)

const common = { credential: 'managed', upstreamDialect: 'openai-chat', startedAt } as const

/** Two attempts that came to nothing, and one that served. */
const attempts: readonly AttemptRecord[] = [
  {
    ...common,
    provider: 'openai',
    model: 'gpt-4o',
    verdict: 'retry',
    status: 500,
    code: 'upstream_error',
    durationMs: 100,
  },
  {
    ...common,
    provider: 'openai',
    model: 'gpt-4o',
    verdict: 'next_model',
    status: 0,
    code: 'upstream_timeout',
    startedAt: startedAt + 100,
    durationMs: 400,
  },
  {
    ...common,
    provider: 'vertex',
    model: 'gemini-2.5-flash',
    upstreamDialect: 'google-gemini',
    verdict: 'served',
    status: 200,
    startedAt: startedAt + 500,
    durationMs: 1500,
  },
]

const meta = {
  provider: 'vertex',
  model: 'gemini-2.5-flash-001',
  credential: 'managed',
  accessKeyId: 'key',
  tags: ['batch'],
  clientDialect: 'openai-chat',
  upstreamDialect: 'google-gemini',
  streaming: true,
  status: 'succeeded',
  stopReason: 'STOP',
  usage: { text_in: 90, cache_read: 10, text_out: 20 },
  reasoning: 5,
  rates: { text_in: '1000000', cache_read: '500000', text_out: '2000000' },
  held: '500000',
  startedAt,
  durationMs: 2000,
  firstTokenMs: 750,
  attempts,
}

/** Tells of a call with several attempts, as the settlement of a real driver has it. */
export async function tellOfAttempts(telemetry: Telemetry, changes: LedgerMeta = {}): Promise<string> {
  const observer = createCallObserver({
    telemetry: [telemetry],
    serverOf: (provider) => ({ address: `${provider}.example`, port: 443 }),
    isListed: ({ credential }) => credential === 'managed',
    onError: (error) => {
      throw error
    },
  })
  const driver = createMemoryCreditDriver()
  const id = createCallId()
  await driver.credit({ account: 'acme', ref: 'start', amount: 1_000_000_000n, kind: 'topup' })
  await driver.hold({ id, account: 'acme', amount: 500_000n, ttlMs: 60_000 })
  await driver.settle({ id, account: 'acme', modelCost: 135_000n, fee: 6000n, meta: { ...meta, ...changes } })
  observer.started({
    requestId: id,
    dialect: 'openai-chat',
    path: '/v1/chat/completions',
    headers: {},
    startedAt,
  })
  for await (const row of driver.ledger('acme'))
    if (row.ref === id) observer.settled(id, readUsageEvents(row))
  await turn()
  return id
}
