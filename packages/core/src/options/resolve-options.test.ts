import { describe, expect, test } from 'vitest'
import type { GatewayOptions } from './options.ts'
import { resolveOptions } from './resolve-options.ts'

/** The lines of the one message with which the gateway does not start. */
function problemsOf(options: object, environment: Record<string, string> = {}): string[] {
  try {
    resolveOptions(options as GatewayOptions, environment)
  } catch (error) {
    return (error as Error).message.split('\n')
  }
  return []
}

const openai = { OPENAI_API_KEY: 'sk-env' }

describe('what is left out', () => {
  test('comes from the environment: providers by their keys, store and secret by name', () => {
    const environment = {
      ...openai,
      ANTHROPIC_API_KEY: ' sk-ant-env ',
      OPENAI_BASE_URL: 'https://proxy.example/v1/',
      TOLLGATE_STORE: 'memory:',
      TOLLGATE_SECRET: 'sixteen letters!',
      TOLLGATE_SPOOL: '/var/spool/tollgate',
    }
    const { providers, store, spool, secret } = resolveOptions({}, environment)
    const shown = providers.map(({ id, apiKey, baseUrl }) => [id, apiKey, baseUrl])
    expect(shown).toEqual([
      ['openai', 'sk-env', 'https://proxy.example/v1'],
      ['anthropic', 'sk-ant-env', 'https://api.anthropic.com/v1'],
    ])
    expect([store, spool, secret]).toEqual(['memory:', '/var/spool/tollgate', 'sixteen letters!'])
  })

  test('has the documented defaults', () => {
    const { store, spool, settings, fee, secret } = resolveOptions({}, openai)
    expect([store, spool]).toEqual(['sqlite:./tollgate.db', './tollgate-spool'])
    expect(secret).toBeUndefined()
    // $0.05 a million tokens are 50,000 picodollars each.
    expect(fee).toMatchObject({ perToken: 50_000n, perCall: 0n })
    expect(settings).toEqual({
      strict: false,
      bodyBytes: 32 * 1024 * 1024,
      defaultMaxOutputTokens: 4096,
      quantum: 1024,
      margin: 256,
      holdTtl: 900_000,
      firstEventTimeout: 60_000,
      answerTimeout: 600_000,
      idleTimeout: 300_000,
      heartbeat: 15_000,
      drain: 0,
      pollRuns: 5000,
      keepResponses: 30 * 86_400_000,
      connectTimeout: 10_000,
      attemptTimeout: 0,
      totalTimeout: 0,
      mostAttempts: 10,
      attemptsWithin: 120_000,
      longestRetryAfter: 5000,
      hedgeAfter: 0,
    })
  })

  test('options win over the environment', () => {
    const options = { providers: { openai: { apiKey: 'sk-option' } }, store: 'memory:' }
    const { providers, store } = resolveOptions(options, { ...openai, TOLLGATE_STORE: 'sqlite:x.db' })
    expect([providers[0]?.apiKey, store]).toEqual(['sk-option', 'memory:'])
  })

  test('a custom provider reads variables of its own name and needs no key', () => {
    const environment = { MY_LLM_API_KEY: 'key', MY_LLM_BASE_URL: 'http://localhost:8080/v1' }
    const { providers } = resolveOptions({ providers: { 'my-llm': {} } }, environment)
    expect(providers[0]).toMatchObject({ apiKey: 'key', baseUrl: 'http://localhost:8080/v1', keyless: true })
  })
})

describe('mistakes', () => {
  test('are all listed in one message, each by its option and its variable', () => {
    const lines = problemsOf({
      providers: {
        openai: {
          apiKey: '',
          baseUrl: 'api.example',
          headers: { Authorization: 'x' },
          models: { m: { price: { input: '1,5' } }, n: { price: { input: '1', output: 'x' } } },
        },
        anthropic: { timeout: 5 },
        'Bad Name': { baseUrl: 'https://llm.example' },
        local: {},
        sandbox: {},
        wrong: { dialects: ['grpc'], baseUrl: 'https://llm.example' },
      },
      store: 'mongodb://user:pass@host',
      secret: 'short',
      fee: { perMillionTokens: '-1' },
      sandbox: 'yes',
      timeouts: { idle: -1 },
      retries: 3,
      logger: {},
      onUsage: 'log',
    })
    expect(lines[0]).toBe('The gateway cannot start, 18 options are wrong:')
    const expected = [
      /providers\.openai\.apiKey \(OPENAI_API_KEY\) is empty/,
      /providers\.openai\.baseUrl \(OPENAI_BASE_URL\) must be an absolute URL/,
      /providers\.openai\.headers may not set "authorization"/,
      /providers\.openai\.models\.m\.price\.input/,
      /providers\.openai\.models\.n\.price\.output/,
      /providers\.anthropic\.timeout is not an option/,
      /providers\.Bad Name/,
      /providers\.local\.baseUrl \(LOCAL_BASE_URL\) is missing/,
      /providers\.sandbox is built in/,
      /providers\.wrong\.dialects\.0/,
      /store \(TOLLGATE_STORE\).*"mongodb:".*Supported/,
      /secret \(TOLLGATE_SECRET\) must have at least 16 characters/,
      /fee\.perMillionTokens/,
      /sandbox \(TOLLGATE_SANDBOX\)/,
      /timeouts\.idle/,
      /retries is not an option/,
      /logger: must have the methods/,
      /onUsage: must be a function/,
    ]
    expect(expected.filter((pattern) => !lines.some((line) => pattern.test(line)))).toEqual([])
    expect(lines).toHaveLength(expected.length + 1)
    expect(lines.join('\n')).not.toContain('pass@')
  })

  test('in the environment are named by their variable', () => {
    const lines = problemsOf(
      {},
      { ...openai, OPENAI_BASE_URL: 'http://evil.example', TOLLGATE_SANDBOX: 'maybe' },
    )
    expect(lines.slice(1)).toEqual([
      '- TOLLGATE_SANDBOX must be 1 or 0.',
      expect.stringContaining('OPENAI_BASE_URL must begin with https://'),
    ])
  })

  test('no provider at all is one, and the message says the three ways out of it', () => {
    const [, line] = problemsOf({})
    expect(line).toMatch(
      /OPENAI_API_KEY or ANTHROPIC_API_KEY.*"providers".*sandbox: true \(TOLLGATE_SANDBOX=1\)/,
    )
  })

  test.each([
    [5, 'providers'],
    [{ openai: 5 }, 'providers.openai'],
    [{ openai: { models: { m: 5 } } }, 'providers.openai.models.m'],
  ])('the shape %j is named and nothing else is made of it', (providers, path) => {
    const lines = problemsOf({ providers }, openai)
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain(`- ${path}: `)
  })
})
