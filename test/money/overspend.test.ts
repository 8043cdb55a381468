import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GatewayOptions } from '@tollgate/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'

const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]
const messages = [{ role: 'user', content: 'hello big world' }]
const chat = { model: 'gpt-4o', max_tokens: 16, messages }

/** Three tokens in at $2.50 and three out at $10.00 a million, and six at the fee's $0.05. */
const charge = 37_800n

const nano = (usd: string) => BigInt(usd.replace('.', ''))
const usd = (amount: bigint) =>
  `${amount / 1_000_000_000n}.${String(amount % 1_000_000_000n).padStart(9, '0')}`

describe.each(['memory', 'sqlite'])('five hundred calls at once, credits in %s', (kind) => {
  let folder: string
  let bench: Bench
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'overspend-'))
  })
  afterEach(async () => {
    await bench.stop()
    rmSync(folder, { recursive: true })
  })
  const store = () => (kind === 'memory' ? 'memory:' : `sqlite:${join(folder, 'credits.db')}`)

  const start = async (options: GatewayOptions = {}) => {
    bench = await startBench(express, { store: store(), ...options })
  }

  /** A key of an account with so much. */
  async function keyWith(account: string, amount: string): Promise<Record<string, string>> {
    await bench.gateway.credits.grant({ account, amount, reference: 'start' })
    const { token } = await bench.gateway.keys.create({ account })
    return { authorization: `Bearer ${token}` }
  }

  /** The statuses, each of them asked for again while the credits of other calls stand in the way. */
  function callAtOnce(model: string, headers: Record<string, string>): Promise<number[]> {
    const call = async (): Promise<number> => {
      const response = await bench.post('/v1/chat/completions', { ...chat, model }, { headers })
      const text = await response.text()
      if (response.status !== 429) return response.status
      expect(text).toContain('held_credits')
      await new Promise((resolve) => setTimeout(resolve, 20))
      return call()
    }
    return Promise.all(Array.from({ length: 500 }, call))
  }

  async function ledgerOf(account: string): Promise<bigint[]> {
    const charges: bigint[] = []
    for await (const { op, amount, availableAfter } of bench.gateway.credits.ledger(account)) {
      expect(nano(availableAfter)).toBeGreaterThanOrEqual(0n)
      if (op === 'settle') charges.push(nano(amount))
    }
    return charges
  }

  test('serve exactly the two hundred that the account can afford at a price per call', async () => {
    await start({ fee: { perMillionTokens: '0', perCall: '0.50' } })
    const headers = await keyWith('shop', '100.00')
    const statuses = await callAtOnce('free', headers)
    expect(statuses.filter((status) => status === 200)).toHaveLength(200)
    expect(statuses.filter((status) => status === 402)).toHaveLength(300)
    expect(bench.upstream.calls).toHaveLength(200)
    expect(await ledgerOf('shop')).toEqual(Array(200).fill(500_000_000n))
    const balance = await bench.gateway.credits.balance('shop')
    expect(balance).toMatchObject({ available: '0.000000000', held: '0.000000000', spent: '100.000000000' })
    expect(await bench.gateway.credits.audit('shop')).toMatchObject({ ok: true, problems: [] })
  })

  test('serve exactly the two hundred that it can afford by tokens, whose holds are larger', async () => {
    await start()
    const hold = await neededFor(await keyWith('poor', '0.000000001'))
    expect(hold).toBeGreaterThan(charge)
    const headers = await keyWith('shop', usd(199n * charge + hold))
    const statuses = await callAtOnce('gpt-4o', headers)
    expect(statuses.filter((status) => status === 200)).toHaveLength(200)
    expect(statuses.filter((status) => status === 402)).toHaveLength(300)
    expect(await ledgerOf('shop')).toEqual(Array(200).fill(charge))
    const { available, held } = await bench.gateway.credits.balance('shop')
    expect([nano(available), nano(held)]).toEqual([hold - charge, 0n])
    expect(await bench.gateway.credits.audit('shop')).toMatchObject({ ok: true, problems: [] })
  })

  async function neededFor(headers: Record<string, string>): Promise<bigint> {
    const response = await bench.post('/v1/chat/completions', chat, { headers })
    expect(response.status).toBe(402)
    return nano(/needs \$([\d.]+)\. /.exec(await response.text())?.[1] ?? '')
  }
})
