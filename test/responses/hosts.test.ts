import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { hosts } from '../adapters/servers.ts'
import { type Scene, startScene } from './scene.ts'

let scene: Scene | undefined
afterEach(() => scene?.close())

describe('stored responses in every host', () => {
  test.each(hosts.map((host) => [host.name, host] as const))('%s', async (_name, host) => {
    scene = await startScene()
    const server = await host.start(scene.gateway)
    try {
      const { responses } = new OpenAI({
        baseURL: `${server.url}/v1`,
        apiKey: scene.token,
        fetch: server.fetch,
        maxRetries: 0,
      })
      const made = await responses.create({ model: 'gpt-4o', input: 'hi' })
      expect((await responses.retrieve(made.id)).output_text).toBe('hello')
      expect((await responses.inputItems.list(made.id)).data).toEqual(['hi'])
      const run = await responses.create({ model: 'gpt-4o', input: 'hi', background: true })
      expect((await responses.cancel(run.id)).status).toBe('cancelled')
      await responses.delete(made.id)
      await expect(responses.retrieve(made.id)).rejects.toMatchObject({ status: 404 })
    } finally {
      await server.close()
    }
  })
})
