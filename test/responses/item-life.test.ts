import type OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Scene, startScene } from './scene.ts'

let scene: Scene
const start = async (poll: number) => {
  scene = await startScene({ responses: { poll } })
}
beforeEach(() => start(3_600_000))
afterEach(() => scene.close())

const model = 'gpt-4o'
const background = { model, input: 'hi', background: true } as const
const unknown = { status: 404, code: 'item_not_found' }

const refer = (response: OpenAI.Responses.Response | undefined) =>
  scene.client().responses.create({
    model,
    input: [{ type: 'item_reference', id: String(response?.output[0]?.id) }],
  })

describe('items of a response that is deleted', () => {
  test.each([
    ['made at once', false],
    ['streamed', true],
  ])('are forgotten with it, and those of others are not: %s', async (_, stream) => {
    const { responses } = scene.client()
    const make = async () => {
      if (!stream) return responses.create({ model, input: 'hi' })
      for await (const event of await responses.create({ model, input: 'hi', stream }))
        if (event.type === 'response.completed') return event.response
      return undefined
    }
    const [gone, stays] = [await make(), await make()]
    await refer(gone)
    await responses.delete(String(gone?.id))
    await expect(refer(gone)).rejects.toMatchObject(unknown)
    await refer(stays)
  })

  test('are forgotten though it was made in the background and settled since', async () => {
    const { responses } = scene.client()
    const { id } = await responses.create(background)
    scene.provider.finish(id)
    const done = await responses.retrieve(id)
    await expect.poll(async () => (await scene.rows()).length).toBe(1)
    await refer(done)
    await responses.delete(id)
    await expect(refer(done)).rejects.toMatchObject(unknown)
  })
})

describe('items of a response that is made in the background', () => {
  test('are known when it is read', async () => {
    const { responses } = scene.client()
    const { id } = await responses.create(background)
    scene.provider.finish(id)
    await refer(await responses.retrieve(id))
  })

  test('are known when nobody but the gateway has looked at its end', async () => {
    await scene.close()
    await start(100)
    const made = await scene.client().responses.create(background)
    const output = [{ type: 'message', id: 'msg_unread', role: 'assistant', content: [] }]
    scene.provider.finish(made.id, { status: 'completed', output })
    await expect.poll(async () => (await scene.rows()).length).toBe(1)
    await refer({ ...made, output: output as unknown as typeof made.output })
  })

  test('are known when it was cancelled', async () => {
    const { responses } = scene.client()
    const { id } = await responses.create(background)
    const output = [{ type: 'message', id: 'msg_half', role: 'assistant', content: [] }]
    scene.provider.cancelled = { status: 'cancelled', output }
    await refer(await responses.cancel(id))
  })

  type Events = AsyncIterable<OpenAI.Responses.ResponseStreamEvent>

  /** Reads the beginning of a stream, and has the run end then. */
  async function begin(events: Events): Promise<string> {
    for await (const event of events) {
      if (event.type !== 'response.in_progress') continue
      scene.provider.finish(event.response.id)
      return event.response.id
    }
    throw new Error('There was no beginning.')
  }

  async function endOf(events: Events): Promise<OpenAI.Responses.Response> {
    for await (const event of events) {
      if (event.type === 'response.created') scene.provider.finish(event.response.id)
      if (event.type === 'response.completed') return event.response
    }
    throw new Error('There was no end.')
  }

  async function expectKnown(response: OpenAI.Responses.Response): Promise<void> {
    await refer(response)
    await expect.poll(async () => (await scene.rows()).length).toBe(2)
    await scene.client().responses.delete(response.id)
    await expect(refer(response)).rejects.toMatchObject(unknown)
    expect(await scene.gateway.credits.audit('acme')).toMatchObject({ ok: true })
  }

  test('are known when its stream ends', async () => {
    const { responses } = scene.client()
    await expectKnown(await endOf(await responses.create({ ...background, stream: true })))
  })

  test('are known when a stream ends that was taken up again', async () => {
    const { responses } = scene.client()
    const id = await begin(await responses.create({ ...background, stream: true }))
    await expectKnown(await endOf(await responses.retrieve(id, { stream: true, starting_after: 2 })))
  })
})

test('items of other accounts are theirs, whoever knows their ids', async () => {
  const made = await scene.client().responses.create(background)
  scene.provider.finish(made.id)
  const { output } = await scene.client().responses.retrieve(made.id)
  await scene.gateway.credits.grant({ account: 'other', amount: '5.00', reference: 'start' })
  const { token } = await scene.gateway.keys.create({ account: 'other' })
  const input = [{ type: 'item_reference' as const, id: String(output[0]?.id) }]
  await expect(scene.client(token).responses.create({ model, input })).rejects.toMatchObject(unknown)
})
