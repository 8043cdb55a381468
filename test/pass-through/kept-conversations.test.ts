import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createGateway, type Gateway } from '@tollgate/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { silent } from '../adapters/bench.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { socketHosts } from './socket-hosts.ts'

const host = socketHosts[0] as (typeof socketHosts)[number]
const bodyBytes = 65_536
/** With its echo, five of them are about as much as the connections of an account keep. */
const long = 'w'.repeat(24_000)

let upstream: Upstream
let gateway: Gateway
let server: Awaited<ReturnType<typeof host.start>>
/** What whoever comes with a slow login waits for, once his connection is open. */
let slowLogin: Promise<void> | undefined
beforeEach(async () => {
  slowLogin = undefined
  upstream = await startUpstream()
  await start()
})
afterEach(async () => {
  await stop()
  await upstream.close()
})

async function start(limits = { bodyBytes }) {
  gateway = createGateway({
    store: 'memory:',
    logger: silent,
    limits,
    authenticate: async ({ headers }) => {
      await slowLogin
      const account = headers['x-login']
      return account === undefined ? undefined : { account: String(account) }
    },
    providers: { openai: { apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1` } },
  })
  server = await host.start(gateway)
}

async function stop() {
  await gateway.close()
  await server.close()
}

async function tokenOf(account: string): Promise<string> {
  await gateway.credits.grant({ account, amount: '100.00', reference: account })
  return (await gateway.keys.create({ account })).token
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed: used, external } = process.memoryUsage()
  return used + external
}

/** A connection that says one thing after another. */
async function connect(token: string) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/responses`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const frames: { type: string; response?: { id: string }; error?: { code: string } }[] = []
  socket.on('message', (data) => frames.push(JSON.parse(String(data))))
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  let last: string | undefined
  const say = async (input: string, model = 'gpt-4o') => {
    frames.length = 0
    const goneOn = last === undefined ? {} : { previous_response_id: last }
    socket.send(JSON.stringify({ type: 'response.create', model, input, store: false, ...goneOn }))
    await expect.poll(() => frames.some(({ type }) => /completed|error/.test(type))).toBe(true)
    const end = frames.at(-1)
    last = end?.response?.id
    return end?.error?.code ?? end?.type
  }
  return { say, close: () => socket.terminate() }
}

test('the connections of an account keep so much of their conversations, and the last used the longest', async () => {
  const token = await tokenOf('acme')
  const other = await connect(await tokenOf('other'))
  expect(await other.say(long)).toBe('response.completed')
  const connections = await Promise.all(Array.from({ length: 6 }, () => connect(token)))
  for (const { say } of connections) expect(await say(long)).toBe('response.completed')
  const [first, second, third] = connections
  expect(await first?.say('and?')).toBe('previous_response_not_found')
  expect(await second?.say('and?')).toBe('response.completed')
  expect(await first?.say(long)).toBe('response.completed')
  expect(await first?.say('and?')).toBe('response.completed')
  expect(await second?.say('and?')).toBe('response.completed')
  expect(await third?.say('and?')).toBe('previous_response_not_found')
  expect(await other.say('and?')).toBe('response.completed')
  for (const { close } of [...connections, other]) close()
})

test('a connection that is closed leaves its room to the others', async () => {
  const token = await tokenOf('acme')
  const first = await connect(token)
  expect(await first.say(long)).toBe('response.completed')
  for (let turn = 0; turn < 6; turn += 1) {
    const brief = await connect(token)
    expect(await brief.say(long)).toBe('response.completed')
    brief.close()
    await expect.poll(() => upstream.calls.length).toBe(turn + 2)
  }
  expect(await first.say('and?')).toBe('response.completed')
  first.close()
})

test('a connection that was closed before it was answered keeps nothing', async () => {
  const lasting = await connect(await tokenOf('acme'))
  expect(await lasting.say(long)).toBe('response.completed')
  const warmUp = { type: 'response.create', model: 'gpt-4o', input: long, store: false, generate: false }
  for (let turn = 0; turn < 12; turn += 1) {
    slowLogin = undefined
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/responses`, {
      headers: { 'x-login': 'acme' },
    })
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
    let login = () => {}
    slowLogin = new Promise((resolve) => {
      login = resolve
    })
    socket.send(JSON.stringify(warmUp))
    await new Promise<void>((resolve) => socket.once('close', () => resolve()).close())
    login()
  }
  slowLogin = undefined
  expect(await lasting.say('and?')).toBe('response.completed')
  lasting.close()
})

test('a connection keeps nothing of what was refused', async () => {
  await stop()
  await start({ bodyBytes: 2_000_000 })
  const token = await tokenOf('acme')
  const connections = await Promise.all(Array.from({ length: 26 }, () => connect(token)))
  for (const { say } of connections) expect(await say('hi', 'nobody')).toBe('model_not_found')
  const before = heapUsed()
  for (const { say } of connections)
    expect(await say('w'.repeat(1_900_000), 'nobody')).toBe('model_not_found')
  // What is on its way out takes a moment.
  await expect.poll(() => heapUsed() - before, { timeout: 5000 }).toBeLessThan(12_000_000)
  for (const { close } of connections) close()
})
