import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createToken } from '../../access/access-key-token.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { redactText } from './redact-text.ts'
import { redactValue } from './redact-value.ts'
import { redactingLogger } from './redacting-logger.ts'

const { token, id } = createToken()
const body = 'Zx81Zx81Zx81Zx81Zx81Zx81'

describe('a text', () => {
  test.each([
    [token, `tg_${id}_[redacted]`],
    [token.replace('tg_', 'tgm_'), `tgm_${id}_[redacted]`],
    [`sk-${body}`, 'sk-[redacted]'],
    [`sk-ant-api03-${body}`, 'sk-ant-[redacted]'],
    [`sk-proj-${body}`, 'sk-proj-[redacted]'],
    [`AIza${body}`, 'AIza[redacted]'],
    [`AKIA${body.toUpperCase()}`, 'AKIA[redacted]'],
    [`xai-${body}`, 'xai-[redacted]'],
    [`gsk_${body}`, 'gsk_[redacted]'],
    [`ya29.${body}`, 'ya29.[redacted]'],
    [`eyJ${body}.${body}.${body}`, '[redacted]'],
    [`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`, '[redacted]'],
    [`authorization: Bearer ${body}`, 'authorization: [redacted]'],
    [`{"Authorization":"Custom ${body}"}`, '{"Authorization":[redacted]}'],
    [JSON.stringify(`{"authorization":"${body}"}`), '"{\\"authorization\\":[redacted]}"'],
    [`Basic ${body}==`, 'Basic [redacted]'],
    [`x-api-key: ${body}`, 'x-api-key: [redacted]'],
    [`'api_key': '${body}'`, "'api_key': [redacted]"],
    [`https://host/v1?key=${body}&alt=sse`, 'https://host/v1?key=[redacted]&alt=sse'],
    [`postgres://user:${body}@host/db`, 'postgres://[redacted]@host/db'],
  ])('like %s is shown without its secret', (text, shown) => {
    expect(redactText(`before ${text} after`, [])).toBe(`before ${shown} after`)
    expect(redactText(text, [])).not.toContain(body)
  })

  test.each([
    'The provider openai sent no event within 60000 ms.',
    'call_0mi3w2k9qaabbccddeeff001122334455 model gpt-4o-2024-11-20 tasks-1234567890 risk-averse-behaviour',
    'store of credits: connect ECONNREFUSED 127.0.0.1:5432, keys: 5, tokens: 12, tollgate-request-id',
    'https://api.openai.com/v1/chat/completions?alt=sse',
  ])('without any stays as it is: %s', (text) => {
    expect(redactText(text, ['short', ''])).toBe(text)
  })

  test('does not show a secret that was told, as it is, in JSON or in an address', () => {
    const secret = 'päss "word" \\ 100%'
    const spelled = [
      secret,
      JSON.stringify({ secret }),
      JSON.stringify(JSON.stringify({ secret })),
      encodeURIComponent(secret),
    ]
    for (const text of spelled) {
      const shown = redactText(`<${text}>`, [secret])
      expect(shown).toContain('[redacted]')
      expect(shown).not.toMatch(/word|100/)
    }
  })

  test('that is a payload is cut, and half a secret at the cut is not shown', () => {
    const text = `${'x'.repeat(32_768 - 30)}sk-${body}${body}`
    const shown = redactText(text, [])
    expect(shown.length).toBeLessThan(32_768)
    expect(shown).not.toContain('sk-')
    expect(shown).toMatch(/… \(\d+ characters\)$/)
  })

  test('made to be slow is not', () => {
    for (const piece of ['eyJ-', '-----BEGIN ', 'authorization ', 'sk-', 'a://b:', 'Bearer ', '"secret" :']) {
      const before = performance.now()
      redactText(piece.repeat(10_000), [])
      expect(performance.now() - before).toBeLessThan(5000)
    }
  })
})

describe('a value', () => {
  const secret = 'no-shape-at-all-1234'
  const show = (value: unknown) => inspect(value, { depth: null, showHidden: true })

  test('has none at any depth, in names, members, lists, maps, headers or addresses', () => {
    const shown = redactValue(
      {
        plain: { list: [`x ${secret}`, { deep: secret }], [secret]: 1 },
        map: new Map([['note', secret]]),
        set: new Set([secret]),
        headers: new Headers({ authorization: secret, 'x-note': secret }),
        url: new URL(`https://host/?note=${secret}`),
        bytes: Buffer.from(secret),
        cookie: 'a=b',
        password: 12345678,
        model: 'gpt-4o',
        count: 3,
        none: undefined,
      },
      [secret],
    )
    expect(show(shown)).not.toContain(secret)
    expect(shown).toMatchObject({
      cookie: '[redacted]',
      password: '[redacted]',
      headers: { authorization: '[redacted]', 'x-note': '[redacted]' },
      bytes: '[20 bytes]',
      model: 'gpt-4o',
      count: 3,
    })
  })

  test('that is an error stays one of its class, with its code and causes', () => {
    const cause = Object.assign(new TypeError(`first ${secret}`), {
      headers: { 'x-api-key': secret },
      code: 'E1',
    })
    const error = new GatewayError({ code: 'internal', message: `second ${secret}`, cause })
    const shown = redactValue(error, [secret]) as GatewayError
    expect(show(shown)).not.toContain(secret)
    expect(shown).toBeInstanceOf(GatewayError)
    expect(GatewayError.isInstance(shown)).toBe(true)
    expect(shown).toMatchObject({
      name: 'GatewayError',
      code: 'internal',
      message: 'second [redacted]',
      status: 500,
    })
    expect(shown.cause).toBeInstanceOf(TypeError)
    expect(shown.cause).toMatchObject({ message: 'first [redacted]', code: 'E1' })
    expect(shown.stack).toContain('redaction.test.ts')
    expect(show(redactValue(new AggregateError([error], secret), [secret]))).not.toContain(secret)
    expect(error.message).toContain(secret)
  })

  test('that contains itself, has no end, or cannot be read is shown as far as it can be', () => {
    const loop: Record<string, unknown> = { secret }
    loop.self = loop
    const shown = redactValue(loop, [secret]) as typeof loop
    expect(shown.self).toBe(shown)
    let deep: object = { secret }
    for (let level = 0; level < 100; level += 1) deep = { deep }
    expect(show(redactValue(deep, [secret]))).toContain('[deeper]')
    const bad = {
      get broken(): never {
        throw new Error(secret)
      },
      toJSON: undefined,
      proxy: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error(secret)
          },
        },
      ),
      wide: Array.from({ length: 5000 }, () => secret),
    }
    const copy = redactValue(bad, [secret]) as typeof bad
    expect(show(copy)).not.toContain(secret)
    expect(copy).toMatchObject({ broken: '[unreadable]', proxy: '[unreadable]' })
    expect(copy.wide).toHaveLength(201)
  })
})

describe('a logger', () => {
  test('gets fields and message without what is in memory at that moment', () => {
    const lines: unknown[] = []
    const note = (...line: unknown[]) => void lines.push(line)
    const secrets = ['from-the-start-1']
    const logger = redactingLogger({ info: note, warn: note, error: note }, [() => secrets])
    logger.warn({ key: 'from-the-start-1' }, 'from-the-start-1 failed')
    secrets.push('came-later-22')
    logger.error({ error: new Error('came-later-22') }, 'came-later-22')
    expect(lines[0]).toEqual([{ key: '[redacted]' }, '[redacted] failed'])
    expect(inspect(lines)).not.toMatch(/from-the-start-1|came-later-22/)
  })

  test('that throws, or that nobody should have given such things, fails no call', () => {
    const broken = () => {
      throw new Error('The disk is full.')
    }
    const logger = redactingLogger({ info: broken, warn: broken, error: broken }, [broken])
    expect(() => logger.info({}, 'hello')).not.toThrow()
    expect(() => redactingLogger(console, []).info(null as never, 5 as never)).not.toThrow()
  })
})
