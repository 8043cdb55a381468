import { join } from 'node:path'
import { createGateway } from '@tollgate/core'
import { describe, expect, test } from 'vitest'
import { silent } from '../adapters/bench.ts'
import { createCli } from './run-cli.ts'

const [oldSecret, newSecret] = ['the secret of old', 'the secret of now']

/** A store with two keys and a provider that has another, closed. */
async function storeKeys(file: string): Promise<void> {
  const gateway = createGateway({ store: `sqlite:${file}`, secret: oldSecret, sandbox: true, logger: silent })
  for (const provider of ['openai', 'anthropic'])
    await gateway.providerKeys.create({ account: 'acme', provider, name: 'main', value: `sk-of-${provider}` })
  await gateway.providers.create({ id: 'lab', baseUrl: 'https://lab.example/v1', apiKey: 'sk-of-lab' })
  await gateway.close()
}

describe('tollgate provider-keys', { timeout: 60_000 }, () => {
  test('re-encrypts under the secret of the environment, and fails while something is left', async () => {
    const { cwd, run } = createCli({ TOLLGATE_SECRET: newSecret })
    const store = join(cwd, 'tollgate.db')
    await storeKeys(store)
    const lost = await run('provider-keys', 'reencrypt')
    expect(lost.code).toBe(1)
    expect(lost.stderr).toContain('3 are still encrypted under another secret')
    const { json } = createCli({
      TOLLGATE_SECRET: newSecret,
      TOLLGATE_PREVIOUS_SECRETS: `an even older secret, ${oldSecret}`,
    })
    expect(await json('provider-keys', 'reencrypt', '--store', `sqlite:${store}`)).toEqual({
      resealed: 3,
      remaining: 0,
    })
    expect(await run('provider-keys', 'reencrypt')).toMatchObject({ code: 0, stderr: '' })
    const listed = await run('provider-keys', 'list', '--account', 'acme', '--provider', 'openai', '--json')
    expect(JSON.parse(listed.stdout)).toMatchObject([{ provider: 'openai', state: 'active' }])
    for (const text of [lost.stderr, lost.stdout, listed.stdout]) expect(text).not.toMatch(/the secret|sk-of/)
  })

  test('refuses a secret that is too short by the name of its variable', async () => {
    const { run } = createCli({ TOLLGATE_SECRET: newSecret, TOLLGATE_PREVIOUS_SECRETS: 'short' })
    const refused = await run('provider-keys', 'list')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('TOLLGATE_PREVIOUS_SECRETS')
  })
})
