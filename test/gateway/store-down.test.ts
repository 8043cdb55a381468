import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { createMemoryCreditDriver } from '../../packages/core/src/credits/memory-driver.ts'
import { withSpool } from '../../packages/core/src/credits/open-credits.ts'
import { GatewayError } from '../../packages/core/src/errors/gateway-error.ts'
import { assembleGateway, type Gateway } from '../../packages/core/src/gateway.ts'
import { resolveOptions } from '../../packages/core/src/options/resolve-options.ts'
import { collect } from '../../packages/core/src/store/collect.ts'
import { openStore } from '../../packages/core/src/store/open-store.ts'
import { createOutage, type Outage } from '../credits/spool/outage.ts'
import { chargeFiles, chargeLines, createRecords } from '../credits/spool/records.ts'
import { stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

let upstream: Upstream
let outage: Outage
let gateway: Gateway
let post: () => Promise<Response>
let folder: string
const records = createRecords()

const usage = { prompt_tokens: 10, completion_tokens: 20 }
const events = [
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'hello' } }] })}\n\n`,
  `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`,
]

/** The gateway, over a driver behind a spool. */
async function start(driver: CreditDriver): Promise<void> {
  folder = join(mkdtempSync(join(tmpdir(), 'tollgate-down-')), 'spool')
  const openai = { apiKey: 'sk-test', baseUrl: `${upstream.url}/v1` }
  const options = { store: 'memory:', spool: folder, providers: { openai }, logger: records.logger }
  const resolved = resolveOptions(options)
  const credits = withSpool(driver, resolved)
  gateway = assembleGateway({ resolved, store: openStore('memory:'), credits, drainMs: 1000 })
  await gateway.ready()
  await gateway.credits.grant({ account: 'acme', amount: '5', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  post = () =>
    gateway.fetch('http://gateway/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'hello' }] }),
    })
}

beforeEach(async () => {
  upstream = await startUpstream(stream(events))
  outage = createOutage(createMemoryCreditDriver())
})
afterEach(async () => {
  outage.isDown = false
  await gateway.close()
  await upstream.close()
})

async function rows(count: number): Promise<string[]> {
  for (const until = Date.now() + 5000; ; await sleep(10)) {
    const found = (await collect(gateway.credits.ledger('acme'))).filter(({ op }) => op !== 'topup')
    if (found.length >= count || Date.now() > until)
      return found.map(({ op, modelCost }) => `${op} ${modelCost}`)
  }
}

describe('while the store is down', () => {
  test('calls under way end and are charged when it is back; new ones get 503 within two seconds', async () => {
    await start(outage.driver)
    const gate = Promise.withResolvers<void>()
    upstream.respond(stream(events, { gate: gate.promise, gateAfter: 1 }))
    const underWay = await Promise.all([post(), post(), post()])
    outage.isDown = true
    const before = Date.now()
    const refused = await post()
    expect([refused.status, Date.now() - before < 2000]).toEqual([503, true])
    gate.resolve()
    for (const response of underWay) expect(await response.text()).toContain('[DONE]')
    await sleep(300)
    expect(chargeLines(folder).filter((line) => line.includes('"op":"settle"'))).toHaveLength(3)
    expect(await rows(0)).toEqual([])
    outage.isDown = false
    expect(await rows(3)).toEqual(Array(3).fill('settle 0.000225000'))
    expect(await gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000' })
    expect(await gateway.credits.audit('acme')).toMatchObject({ ok: true })
    await gateway.close()
    expect(chargeFiles(folder)).toEqual([])
  })

  test('a hold that it took without an answer comes back soon after', async () => {
    const { driver } = outage
    await start({
      ...driver,
      async hold(request) {
        await driver.hold(request)
        outage.isDown = true
        throw new GatewayError({ code: 'store_unavailable', message: 'The answer was lost.' })
      },
    })
    const response = await post()
    expect(response.status).toBe(503)
    expect(await gateway.credits.balance('acme')).not.toMatchObject({ held: '0.000000000' })
    setTimeout(() => {
      outage.isDown = false
    }, 1500)
    expect(await rows(1)).toEqual(['release 0.000000000'])
    expect(await gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000', spent: '0.000000000' })
  })

  test('the gateway closes, and leaves what the store has not taken in the spool', async () => {
    await start(outage.driver)
    const response = await post()
    outage.isDown = true
    expect(await response.text()).toContain('[DONE]')
    const before = Date.now()
    await gateway.close()
    expect(Date.now() - before).toBeLessThan(12_000)
    expect(chargeLines(folder).filter((line) => line.includes('"op":"settle"'))).toHaveLength(1)
    const logged = records.lines.length
    await sleep(1000)
    expect(records.lines.length).toBeLessThanOrEqual(logged + 2)
  })
})

test('a folder that cannot be written to is refused at the start, by the name of its option', () => {
  const options = { spool: '/proc/nowhere/spool', logger: records.logger }
  expect(() => withSpool(createMemoryCreditDriver(), options)).toThrow(
    /The option spool \(TOLLGATE_SPOOL\) names "\/proc\/nowhere\/spool", where charges cannot be written down/,
  )
  expect(() => withSpool(createMemoryCreditDriver(), { ...options, spool: import.meta.filename })).toThrow(
    /is not a folder/,
  )
  expect(existsSync('/proc/nowhere')).toBe(false)
})
