import { createGateway } from '@tollgate/core'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { silent } from '../adapters/bench.ts'
import { settledRows } from '../pass-through/bench.ts'
import { socketHosts } from '../pass-through/socket-hosts.ts'
import { type SocketCall, startSocketUpstream } from '../pass-through/socket-upstream.ts'
import { dollars, feeOf } from './session-script.ts'
import type { Members } from './strict.ts'

/** Nano-dollars a token, as OpenAI lists them. */
const rates = { text: 4000, cached: 400, audio: 32_000, textOut: 16_000, audioOut: 64_000 }

interface Spoken {
  readonly text: number
  readonly audio: number
}

/** What a response consumed: all that was said before, of which it has heard the beginning already. */
interface Turn {
  readonly heard: Spoken
  readonly before: Spoken
  readonly out: Spoken
}

const costOf = ({ heard, before, out }: Turn) =>
  (before.text + before.audio) * rates.cached +
  (heard.text - before.text) * rates.text +
  (heard.audio - before.audio) * rates.audio +
  out.text * rates.textOut +
  out.audio * rates.audioOut

const tokensOf = ({ heard, out }: Turn) => heard.text + heard.audio + out.text + out.audio
const plus = (one: Spoken, other: Spoken) => ({ text: one.text + other.text, audio: one.audio + other.audio })
const silence: Spoken = { text: 0, audio: 0 }

/** A provider that hears a conversation, calls a tool at every other response and speaks at the others. */
function conversing(turns: Turn[]) {
  let heard = silence
  let before = silence
  const hear = (more: Partial<Spoken>) => {
    heard = plus(heard, { ...silence, ...more })
  }
  const answer = ({ socket }: SocketCall) => {
    const send = (event: object) => socket.send(JSON.stringify(event))
    const at = turns.length
    const isCall = at % 2 === 0
    const out = isCall ? { text: 17 + at, audio: 0 } : { text: 23, audio: 140 + at }
    const turn = { heard, before, out }
    turns.push(turn)
    send({ type: 'response.created', response: { id: `resp_${at}`, status: 'in_progress' } })
    if (isCall)
      send({
        type: 'response.function_call_arguments.done',
        call_id: `call_${at}`,
        name: 'look_up',
        arguments: '{}',
      })
    else send({ type: 'response.output_audio.delta', delta: 'A'.repeat(6400) })
    send({ type: 'response.done', response: { id: `resp_${at}`, status: 'completed', usage: usageOf(turn) } })
    before = heard
    heard = plus(heard, out)
  }
  return (frame: Members, call: SocketCall): void => {
    if (frame.type === 'session.update') hear({ text: Math.ceil(JSON.stringify(frame.session).length / 4) })
    if (frame.type === 'input_audio_buffer.append')
      hear({ audio: Math.ceil(String(frame.audio).length / 3200) })
    if (frame.type === 'conversation.item.create')
      hear({ text: Math.ceil(JSON.stringify(frame.item).length / 4) })
    if (frame.type === 'response.create') answer(call)
  }
}

function usageOf({ heard, before, out }: Turn) {
  return {
    total_tokens: heard.text + heard.audio + out.text + out.audio,
    input_tokens: heard.text + heard.audio,
    output_tokens: out.text + out.audio,
    input_token_details: {
      text_tokens: heard.text,
      audio_tokens: heard.audio,
      image_tokens: 0,
      cached_tokens: before.text + before.audio,
      cached_tokens_details: { text_tokens: before.text, audio_tokens: before.audio, image_tokens: 0 },
    },
    output_token_details: { text_tokens: out.text, audio_tokens: out.audio },
  }
}

/** Talks until so many responses are done; answers what the model asks its tool. */
async function talk(url: string, token: string, responses: number): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const send = (event: object) => socket.send(JSON.stringify(event))
  const speak = () => {
    send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(64_000) })
    send({ type: 'input_audio_buffer.commit' })
  }
  let done = 0
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () => {
      send({
        type: 'session.update',
        session: { type: 'realtime', instructions: 'Help.', tools: [{ type: 'function', name: 'look_up' }] },
      })
      speak()
      send({ type: 'response.create' })
    })
    socket.on('message', (data) => {
      const { type, call_id } = JSON.parse(String(data)) as Members
      if (type === 'error') reject(new Error(String(data)))
      if (type === 'response.function_call_arguments.done')
        send({
          type: 'conversation.item.create',
          item: { type: 'function_call_output', call_id, output: 'It is noon.' },
        })
      if (type !== 'response.done') return
      done += 1
      if (done === responses) return resolve()
      if (done % 2 === 0) speak()
      send({ type: 'response.create' })
    })
  })
  socket.close()
}

const payers = [
  { account: 'acme', credential: 'managed', ofModel: 1, key: 'sk-upstream' },
  { account: 'owner', credential: 'own', ofModel: 0, key: 'sk-owners-own' },
] as const

test.each(payers)(
  'a realtime session of six responses, with a tool, is charged exactly ($credential key)',
  async (row) => {
    const { account, credential, ofModel, key } = row
    const upstream = await startSocketUpstream()
    const gateway = createGateway({
      store: 'memory:',
      logger: silent,
      secret: 'a-secret-of-32-characters-or-more',
      providers: { openai: { apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1` } },
    })
    await gateway.credits.grant({ account, amount: '10.00', reference: 'start' })
    await gateway.providerKeys.create({
      account: 'owner',
      provider: 'openai',
      name: 'ours',
      value: 'sk-owners-own',
    })
    const { token } = await gateway.keys.create({ account })
    const [host] = socketHosts
    const server = await (host as (typeof socketHosts)[number]).start(gateway)
    const turns: Turn[] = []
    upstream.respond(conversing(turns))
    await talk(server.url, token, 6)
    const rows = await settledRows(gateway, account, 6)
    expect(upstream.calls[0]?.request.headers.authorization).toBe(`Bearer ${key}`)
    expect(turns.map(({ before }) => before.audio > 0)).toEqual([false, true, true, true, true, true])
    expect(rows).toMatchObject(
      turns.map((turn) => ({
        amount: dollars(ofModel * costOf(turn) + feeOf(tokensOf(turn))),
        credential,
        source: 'provider',
        status: 'succeeded',
      })),
    )
    const charged: string[] = []
    for await (const event of gateway.usage.events({ account })) charged.push(event.charged)
    expect(charged).toEqual(rows.map(({ amount }) => amount))
    expect(await gateway.credits.audit(account)).toMatchObject({ ok: true })
    expect((await gateway.credits.balance(account)).held).toBe('0.000000000')
    await gateway.close()
    await server.close()
    await upstream.close()
  },
)
