const inspect = Symbol.for('nodejs.util.inspect.custom')
const mask = '[redacted]'

/** An object whose `secret` shows as `[redacted]` in JSON, in `util.inspect` and as text, and is not spread. */
export type Redacted<Shown> = Shown & { readonly secret: string }

/**
 * Carries a secret beside what may be shown. Reading `.secret` is the only way to get at it.
 *
 * @example
 * JSON.stringify(redacted({ id: 'pk_1' }, 'sk-…')) // '{"id":"pk_1","secret":"[redacted]"}'
 */
export function redacted<Shown extends object>(shown: Shown, secret: string): Redacted<Shown> {
  const masked = () => ({ ...shown, secret: mask })
  return Object.freeze(
    Object.defineProperties({ ...shown } as Redacted<Shown>, {
      secret: { value: secret },
      toJSON: { value: masked },
      toString: { value: () => mask },
      [inspect]: { value: masked },
    }),
  )
}
