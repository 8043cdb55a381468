import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGateway, type LedgerRow } from '@tollgate/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silent } from '../adapters/bench.ts'
import { stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

let upstream: Upstream
beforeEach(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.close())

const usage = { prompt_tokens: 10, completion_tokens: 20 }
const events = [
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'hello' } }] })}\n\n`,
  `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`,
]
const body = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'hello' }] }

/** A host in a process of its own that is told to end in the middle of a stream; the stream goes on then. */
async function endDuringStream(host: string) {
  const store = `sqlite:${join(mkdtempSync(join(tmpdir(), 'tollgate-signal-')), 'tollgate.db')}`
  const child = fork(join(import.meta.dirname, 'signal-worker.ts'), [store, upstream.url, host], {
    execArgv: ['--conditions=@tollgate/source'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  const ended = once(child, 'close')
  const [{ port, token }] = (await once(child, 'message')) as [{ port: number; token: string }]
  const gate = Promise.withResolvers<void>()
  upstream.respond(stream(events, { gate: gate.promise, gateAfter: 1 }))
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, init)
  const text = response.text().catch(() => 'cut')
  child.kill('SIGTERM')
  setTimeout(gate.resolve, 500)
  const [code, signal] = await ended
  return { store, code, signal, output, text: await text }
}

async function charges(store: string): Promise<string[]> {
  const gateway = createGateway({ store, sandbox: true, logger: silent })
  const rows: LedgerRow[] = []
  for await (const row of gateway.credits.ledger('acme')) if (row.op === 'settle') rows.push(row)
  await gateway.close()
  return rows.map(({ modelCost }) => modelCost)
}

describe('a host that is told to end', () => {
  test('and does not listen ends when its calls are over and charged, by that very signal', async () => {
    const { store, code, signal, text } = await endDuringStream('')
    expect([code, signal]).toEqual([null, 'SIGTERM'])
    expect(text).toMatch(/hello[\s\S]*\[DONE\]/)
    // 10 tokens at 2.50 and 20 at 10.00 dollars a million.
    expect(await charges(store)).toEqual(['0.000225000'])
  })

  test('and listens itself is in charge of its end', async () => {
    const { code, output } = await endDuringStream('in charge')
    expect([code, output]).toEqual([7, 'the host ends\n'])
  })

  test('and has a listener that ends the process unless another one does is ended by that', async () => {
    const { code, signal, text } = await endDuringStream('polite')
    expect([code, signal, text]).toEqual([null, 'SIGTERM', 'cut'])
  })
})

test('a process is as it was when its gateways are closed', async () => {
  const before = process.listenerCount('SIGTERM')
  const gateways = [
    createGateway({ store: 'memory:', sandbox: true }),
    createGateway({ store: 'memory:', sandbox: true }),
  ]
  expect(process.listenerCount('SIGTERM')).toBe(before + 1)
  for (const gateway of gateways) await gateway.close()
  expect(process.listenerCount('SIGTERM')).toBe(before)
})
