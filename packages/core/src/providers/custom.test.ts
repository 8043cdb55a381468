import { describe, expect, it } from 'vitest'
import { anthropic } from './anthropic.ts'
import { readBaseUrl } from './base-url.ts'
import { builtInProviders } from './built-in.ts'
import { customProvider } from './custom.ts'
import { openai } from './openai.ts'
import type { ProviderDefinition } from './provider.ts'

describe('a custom provider', () => {
  it('is keyed by variables of its own name and speaks Chat Completions unless told otherwise', () => {
    expect(customProvider('my-llm', { baseUrl: 'https://llm.example/v1/' })).toMatchObject({
      baseUrl: 'https://llm.example/v1',
      environment: { apiKey: 'MY_LLM_API_KEY', baseUrl: 'MY_LLM_BASE_URL' },
      dialects: ['openai-chat'],
      credentialHeader: 'bearer',
      quirks: {},
    })
  })

  it('that speaks only Messages is addressed as Anthropic is', () => {
    const provider = customProvider('a', {
      baseUrl: 'https://a.example/v1',
      dialects: ['anthropic-messages'],
    })
    expect(provider.credentialHeader).toBe(anthropic.credentialHeader)
    expect(provider.defaultHeaders).toEqual(anthropic.defaultHeaders)
    expect(provider.forwardedHeaders).toEqual(anthropic.forwardedHeaders)
  })

  it('T22 at xAI counts reasoning beside the completion', () => {
    const { quirks } = customProvider('xai', { baseUrl: 'https://api.x.ai/v1' })
    expect(quirks).toEqual({ reasoningOutsideCompletion: true })
  })

  it.each([
    [{}, 'is missing'],
    [{ baseUrl: 'llm.example/v1' }, 'absolute URL'],
    [{ baseUrl: 'http://llm.example/v1' }, 'must begin with https://'],
    [{ baseUrl: 'http://localhost.example/v1' }, 'must begin with https://'],
    [{ baseUrl: 'http://10.0.0.1/v1' }, 'must begin with https://'],
    [{ baseUrl: 'file:///etc/passwd' }, 'must begin with https://'],
    [{ baseUrl: 'https://user:secret@llm.example/v1' }, 'user name or password'],
    [{ baseUrl: 'https://llm.example/v1?key=secret' }, 'a credential in its query'],
    [{ baseUrl: 'https://llm.example/v1#secret' }, 'fragment'],
    [{ baseUrl: 'https://169.254.169.254/v1' }, 'link-local'],
    [{ baseUrl: 'http://llm.example/v1', allowPrivateNetwork: true }, 'must begin with https://'],
    [{ baseUrl: 'http://8.8.8.8/v1', allowPrivateNetwork: true }, 'must begin with https://'],
    [{ baseUrl: `https://llm.example/${'a'.repeat(2048)}` }, 'at most 2048 characters'],
  ])('with %j is refused by the name of its option', (options, words) => {
    const create = () => customProvider('local', options)
    expect(create).toThrow(words)
    expect(create).toThrow('providers.local.baseUrl')
    expect(create).not.toThrow('secret')
  })

  it.each([
    'http://localhost:11434/v1',
    'http://127.0.0.1/v1',
    'http://[::1]:8080/v1',
    'http://a.localhost/v1',
  ])('may be plain http at %s', (baseUrl) => {
    expect(customProvider('local', { baseUrl }).baseUrl).toBe(baseUrl)
  })

  it.each([
    'http://10.1.2.3:8000/v1',
    'http://172.20.0.5/v1',
    'http://192.168.1.10:1234/v1',
    'http://[fd12:3456::1]/v1',
    'http://ollama:11434/v1',
    'http://gpu.internal/v1',
    'http://box.local/v1',
    'http://169.254.1.1/v1',
  ])('may be plain http in a private network, only where that is said: %s', (baseUrl) => {
    expect(() => customProvider('local', { baseUrl })).toThrow('providers.local.baseUrl')
    expect(customProvider('local', { baseUrl, allowPrivateNetwork: true }).baseUrl).toBe(baseUrl)
  })

  it('keeps the query of its base URL', () => {
    const baseUrl = 'https://llm.example/v1/?api-version=2026-10-01'
    expect(customProvider('local', { baseUrl }).baseUrl).toBe('https://llm.example/v1?api-version=2026-10-01')
  })

  it.each(['', 'a:b', 'A b', '__proto__'])('cannot be called %j', (id) => {
    expect(() => customProvider(id, { baseUrl: 'https://a.example/v1' })).toThrow(`providers.${id}`)
  })
})

describe('built-in providers', () => {
  it('have names, addresses and variables of their own', () => {
    const all = (pick: (provider: ProviderDefinition) => string) => new Set(builtInProviders.map(pick)).size
    expect(all(({ id }) => id)).toBe(builtInProviders.length)
    expect(all(({ environment }) => environment.apiKey)).toBe(builtInProviders.length)
    expect(all(({ environment }) => environment.baseUrl)).toBe(builtInProviders.length)
    for (const { id, baseUrl } of builtInProviders)
      if (baseUrl !== undefined) expect(readBaseUrl(baseUrl, id)).toBe(baseUrl)
  })

  it.each([
    ['https://api.anthropic.com', 'https://api.anthropic.com/v1'],
    ['https://proxy.example/claude/', 'https://proxy.example/claude/v1'],
    ['https://proxy.example/v1/', 'https://proxy.example/v1'],
  ])('read %s from ANTHROPIC_BASE_URL as %s', (given, read) => {
    expect(readBaseUrl(given, 'ANTHROPIC_BASE_URL', anthropic)).toBe(read)
  })

  it('take OPENAI_BASE_URL as it is', () => {
    expect(readBaseUrl('https://proxy.example/openai', 'OPENAI_BASE_URL', openai)).toBe(
      'https://proxy.example/openai',
    )
  })
})
