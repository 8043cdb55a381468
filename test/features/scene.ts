import { createGateway, type Gateway, type GatewayOptions } from '@tollgate/core'
import { silent } from '../adapters/bench.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

export interface Scene {
  readonly upstream: Upstream
  readonly gateway: Gateway
  readonly token: string
  readonly keyId: string
  /** Posts JSON with the access key. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  get(path: string): Promise<Response>
  close(): Promise<void>
}

export const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello big world' }] }

/** A gateway with every provider's key but Google's, in front of one scripted provider. */
export async function startScene(options: GatewayOptions = {}): Promise<Scene> {
  const upstream = await startUpstream()
  const gateway = createGateway({
    store: 'memory:',
    logger: silent,
    secret: 'sixteen letters!',
    providers: {
      openai: { apiKey: 'sk-operator', baseUrl: `${upstream.url}/v1` },
      anthropic: { apiKey: 'sk-ant-operator', baseUrl: upstream.url },
      local: {
        baseUrl: `${upstream.url}/v1`,
        models: { 'family/small': { price: { input: '1.00', output: '2.00' } } },
      },
    },
    ...options,
  })
  await gateway.credits.grant({ account: 'acme', amount: '5.00', reference: 'start' })
  const { token, id: keyId } = await gateway.keys.create({ account: 'acme' })
  const headers = { authorization: `Bearer ${token}` }
  return {
    upstream,
    gateway,
    token,
    keyId,
    post: (path, body, given = headers) =>
      gateway.fetch(`http://gateway${path}`, {
        method: 'POST',
        headers: given,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path) => gateway.fetch(`http://gateway${path}`, { headers }),
    async close() {
      await gateway.close()
      await upstream.close()
    },
  }
}
