import { setTimeout as sleep } from 'node:timers/promises'
import type { LedgerRow } from '@tollgate/core'
import { describe, expect } from 'vitest'
import { startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { createOwnRedis } from '../stores/own-redis.ts'
import { testOwnStore } from '../stores/own-stores.ts'
import { stream } from '../upstream/answer.ts'

const node = hosts.find(({ name }) => name === 'node:http') as (typeof hosts)[number]
const words = 'a b c d e '.repeat(10)
const frame = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: words } }] })}\n\n`

describe('P2 a stream whose hold expired while its store was away is ended and charged', () => {
  testOwnStore(
    'redis',
    async () => {
      const server = await createOwnRedis()
      await server.start()
      const bench = await startBench(node, {
        store: server.url,
        holds: { ttl: 1000, quantum: 256, margin: 64 },
      })
      const gate = Promise.withResolvers<void>()
      bench.upstream.respond(
        stream(
          Array.from({ length: 2000 }, () => frame),
          { gate: gate.promise, gateAfter: 1, paceMs: 1 },
        ),
      )
      const body = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'hello' }] }
      const response = await bench.post('/v1/chat/completions', body)
      server.pause()
      await sleep(2500)
      server.resume()
      const held = () => bench.gateway.credits.balance('acme').then((balance) => balance.held)
      await expect.poll(held, { timeout: 10_000 }).toBe('0.000000000')
      gate.resolve()
      const text = await response.text()
      expect(text).toContain('"code":"store_unavailable"')
      expect(text.split(words).length, 'ends soon').toBeLessThan(100)
      const rows: LedgerRow[] = []
      await expect
        .poll(async () => {
          rows.length = 0
          for await (const row of bench.gateway.credits.ledger('acme')) rows.push(row)
          return rows.map(({ op }) => op)
        })
        .toEqual(['topup', 'expire', 'settle_late'])
      expect(rows[2]).toMatchObject({
        shortfall: '0.000000000',
        meta: { usageSource: 'estimated', status: 'cut' },
      })
      expect(Number(rows[2]?.amount)).toBeGreaterThan(0)
      expect(await bench.gateway.credits.audit('acme')).toMatchObject({ ok: true })
      await bench.stop()
      await server.remove()
    },
    30_000,
  )
})
