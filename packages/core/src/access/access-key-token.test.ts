import { describe, expect, test } from 'vitest'
import { createToken, hashToken, parseToken, redactToken, sameHash } from './access-key-token.ts'

describe('access key tokens', () => {
  test('have a public id, 256 bits of secret and a checksum', () => {
    const { id, token } = createToken()
    expect(token).toMatch(new RegExp(`^tg_${id}_[0-9A-Za-z]{49}$`))
    expect(id).toHaveLength(12)
    expect(43 * Math.log2(62)).toBeGreaterThan(256)
    expect(parseToken(token)).toEqual({ id })
  })

  test('a known token keeps its checksum across releases', () => {
    const body = `tg_${'0'.repeat(12)}_${'a'.repeat(43)}`
    expect(parseToken(`${body}3rhoF2`)).toEqual({ id: '0'.repeat(12) })
    expect(parseToken(`${body}3rhoF3`)).toBeUndefined()
  })

  test('every single typo is caught without a look-up', () => {
    const { token } = createToken()
    for (let index = 0; index < token.length; index += 1) {
      const other = token[index] === 'x' ? 'y' : 'x'
      const typo = token.slice(0, index) + other + token.slice(index + 1)
      expect(parseToken(typo)).toBeUndefined()
    }
  })

  test.each(['', 'tg_', 'sk-proj-abc', 'tg_a_b', `${createToken().token} `, ` ${createToken().token}`])(
    '"%s" is no token',
    (text) => expect(parseToken(text)).toBeUndefined(),
  )

  test('a rotated token keeps its id and no more', () => {
    const first = createToken()
    const second = createToken(first.id)
    expect(second.id).toBe(first.id)
    expect(second.token).not.toBe(first.token)
    expect(sameHash(hashToken(first.token), hashToken(second.token))).toBe(false)
    expect(sameHash(hashToken(first.token), hashToken(first.token))).toBe(true)
    expect(sameHash('short', hashToken(first.token))).toBe(false)
  })

  test('P20 are shown by their id alone', () => {
    const { id, token } = createToken()
    expect(token.startsWith(redactToken(id).slice(0, -1))).toBe(true)
    expect(redactToken(id)).toBe(`tg_${id}_…`)
  })
})
