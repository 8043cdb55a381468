import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createHttpTransport } from '../upstream/http-transport.ts'
import { loadSignatureV4 } from '../upstream/signing/load-signature-v4.ts'
import type { GatewayOptions, ProviderOptions } from './options.ts'
import { resolveOptions } from './resolve-options.ts'

type Variables = Readonly<Record<string, string>>

const folder = mkdtempSync(join(tmpdir(), 'cloud-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(name: string, content: object | string): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const account = {
  type: 'service_account',
  client_email: 'a@acme-1.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  project_id: 'acme-1',
}
const keys = { accessKeyId: 'AKIA', secretAccessKey: 'optional' }
const keysInEnvironment = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'ambient' }

/** Where a provider is called and how its requests are opened: by a key, signed, or not at all. */
function setUp(id: string, options: ProviderOptions | undefined, environment: Variables = {}) {
  const resolved = resolveOptions(options ? { providers: { [id]: options } } : {}, environment)
  const setup = resolved.providers.find((provider) => provider.id === id)
  const signer = setup?.createSigner?.(createHttpTransport())
  const [secret = 'later'] = signer?.secrets() ?? []
  return [setup?.baseUrl, setup?.apiKey ?? (signer ? `signed ${secret}` : 'nothing')]
}

function problemsOf(providers: object, environment: Variables = {}): string[] {
  try {
    resolveOptions({ providers } as GatewayOptions, environment)
  } catch (error) {
    return (error as Error).message.split('\n').slice(1)
  }
  return []
}

describe('Bedrock', () => {
  const address = 'https://bedrock-runtime.eu-central-1.amazonaws.com'
  const inRegion = { AWS_REGION: 'eu-central-1', AWS_DEFAULT_REGION: 'us-east-1' }

  test.each<[string, ProviderOptions | undefined, Variables, string]>([
    [
      'a key of its own in the environment',
      undefined,
      { ...inRegion, AWS_BEARER_TOKEN_BEDROCK: 'key' },
      'key',
    ],
    [
      'that key before AWS keys',
      {},
      { ...inRegion, ...keysInEnvironment, AWS_BEARER_TOKEN_BEDROCK: 'key' },
      'key',
    ],
    ['AWS keys of the environment', {}, { ...inRegion, ...keysInEnvironment }, 'signed ambient'],
    [
      'AWS keys of the options',
      { aws: { region: 'eu-central-1', credentials: keys } },
      { ...keysInEnvironment, AWS_BEARER_TOKEN_BEDROCK: 'key' },
      'signed optional',
    ],
    ['a role', { aws: { region: 'eu-central-1', credentials: async () => keys } }, {}, 'signed later'],
    [
      'a key of the options',
      { apiKey: 'other', aws: { region: 'eu-central-1' } },
      keysInEnvironment,
      'other',
    ],
    ['nothing but the accounts’ own keys', { aws: { region: 'eu-central-1' } }, {}, 'nothing'],
  ])('is opened by %s', (...[, options, environment, opened]) => {
    expect(setUp('bedrock', options, environment)).toEqual([address, opened])
  })

  test('is not there because of AWS keys alone, which serve many purposes', () => {
    expect(() => resolveOptions({}, { ...inRegion, ...keysInEnvironment })).toThrow('there is none')
  })

  test('has other addresses in China and wherever somebody says', () => {
    expect(setUp('bedrock', { aws: { region: 'cn-north-1', credentials: keys } })[0]).toBe(
      'https://bedrock-runtime.cn-north-1.amazonaws.com.cn',
    )
    const variable = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'https://vpce.example' }
    expect(setUp('bedrock', { apiKey: 'key' }, variable)).toEqual(['https://vpce.example', 'key'])
  })

  test('may be there twice, under another name elsewhere', () => {
    const providers = {
      bedrock: { aws: { region: 'eu-central-1', credentials: keys } },
      'bedrock-us': { aws: { region: 'us-east-1', credentials: keys } },
    }
    const resolved = resolveOptions({ providers }, {})
    expect(
      resolved.providers.map(({ baseUrl, definition }) => [definition.id, definition.dialects, baseUrl]),
    ).toEqual([
      ['bedrock', ['bedrock-converse'], address],
      ['bedrock-us', ['bedrock-converse'], 'https://bedrock-runtime.us-east-1.amazonaws.com'],
    ])
  })

  test('is refused by the name of what is missing or wrong', () => {
    expect(problemsOf({ bedrock: {} })).toEqual(['- providers.bedrock.aws.region (AWS_REGION) is missing.'])
    expect(problemsOf({ bedrock: { baseUrl: 'https://a.example', aws: { credentials: keys } } })).toEqual([
      '- providers.bedrock.aws.region (AWS_REGION) is missing.',
    ])
    expect(problemsOf({ bedrock: { aws: { region: 'a.example' } } })[0]).toContain(
      'has characters that no address',
    )
    expect(problemsOf({ bedrock: {} }, { ...inRegion, AWS_ACCESS_KEY_ID: 'x' })[0]).toContain(
      'one of them is missing',
    )
    expect(problemsOf({ openai: { apiKey: 'k', aws: { region: 'r' } } })[0]).toContain(
      'providers.openai.aws is for Amazon Bedrock',
    )
    expect(problemsOf({ bedrock: { aws: { region: 'r', credentials: { accessKeyId: 'x' } } } })[0]).toContain(
      'providers.bedrock.aws.credentials',
    )
    expect(problemsOf({ bedrock: { aws: { regions: 'r' } } }, inRegion)).toEqual([
      '- providers.bedrock.aws.regions is not an option.',
    ])
  })

  test('says what to install where requests cannot be signed', () => {
    expect(() => loadSignatureV4(join(folder, 'here.js'))).toThrow('npm install @smithy/signature-v4')
  })
})

describe('Vertex', () => {
  const place = (host: string, location: string) => `https://${host}/v1/projects/acme-1/locations/${location}`

  test.each([
    ['global', 'aiplatform.googleapis.com'],
    ['europe-west1', 'europe-west1-aiplatform.googleapis.com'],
    ['eu', 'aiplatform.eu.rep.googleapis.com'],
  ])('in %s is at %s', (location, host) => {
    const options = { googleCloud: { location, credentials: account } }
    expect(setUp('vertex', options)).toEqual([place(host, location), 'signed later'])
  })

  test.each<[string, ProviderOptions | undefined, Variables, string]>([
    [
      'the file in the environment',
      {},
      { GOOGLE_APPLICATION_CREDENTIALS: fileOf('a.json', account) },
      'signed later',
    ],
    [
      'a file of the options',
      { googleCloud: { credentials: fileOf('b.json', account) } },
      {},
      'signed later',
    ],
    [
      'a function',
      { googleCloud: { credentials: async () => 'ya29' } },
      { GOOGLE_CLOUD_PROJECT: 'acme-1' },
      'signed later',
    ],
    [
      'a token in the environment',
      undefined,
      { VERTEX_ACCESS_TOKEN: 'ya29', GOOGLE_CLOUD_PROJECT: 'acme-1' },
      'ya29',
    ],
    ['nothing but the accounts’ own', { googleCloud: { project: 'acme-1' } }, {}, 'nothing'],
  ])('is opened by %s', (...[, options, environment, opened]) => {
    expect(setUp('vertex', options, environment)).toEqual([
      place('aiplatform.googleapis.com', 'global'),
      opened,
    ])
  })

  test('is refused by the name of what is missing or wrong, and none of a credential is repeated', () => {
    const other = fileOf('user.json', { type: 'authorized_user', refresh_token: 'CANARY' })
    const broken = fileOf('broken.json', 'CANARY no json')
    const cases: [ProviderOptions, string][] = [
      [{}, 'providers.vertex.googleCloud.project (GOOGLE_CLOUD_PROJECT) is missing'],
      [{ googleCloud: { project: 'p', location: 'a/b' } }, 'GOOGLE_CLOUD_LOCATION) has characters'],
      [
        { googleCloud: { credentials: join(folder, 'none.json') } },
        'GOOGLE_APPLICATION_CREDENTIALS): ENOENT',
      ],
      [{ googleCloud: { credentials: other } }, 'of type "authorized_user"'],
      [{ googleCloud: { credentials: broken } }, 'is no service account'],
      [{ googleCloud: { credentials: { ...account, private_key: 'CANARY' } } }, 'no RSA key in PEM'],
      [
        { googleCloud: { credentials: { ...account, token_uri: 'http://a.example' } } },
        'must begin with https://',
      ],
      [{ aws: {} }, 'providers.vertex.aws is for Amazon Bedrock alone'],
    ]
    for (const [options, words] of cases) {
      const problems = problemsOf({ vertex: options })
      expect(problems[0]).toContain(words)
      expect(problems.join()).not.toContain('CANARY')
      expect(problems).toHaveLength(1)
    }
  })
})
