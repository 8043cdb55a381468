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
beforeEach(async () => {
  upstream = await startUpstream()
  gateway = createGateway({
    store: 'memory:',
    logger: silent,
    limits: { bodyBytes },
    providers: { openai: { apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1` } },
  })
  server = await host.start(gateway)
})
afterEach(async () => {
  await gateway.close()
  await server.close()
  await upstream.close()
})

async function tokenOf(account: string): Promise<string> {
  await gateway.credits.grant({ account, amount: '100.00', reference: account })
  return (await gateway.keys.create({ account })).token
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
  const say = async (input: string) => {
    frames.length = 0
    const goneOn = last === undefined ? {} : { previous_response_id: last }
    socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-4o', input, store: false, ...goneOn }))
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
