import type { Logger } from '../../options/options.ts'
import { redactText } from './redact-text.ts'
import { redactValue } from './redact-value.ts'

/** Gives the secrets that are in memory now. */
export type SecretSource = () => Iterable<string>

/**
 * A logger that no secret reaches: message, fields, errors, their stacks and causes are copies without them. It never
 * throws, whatever it is given and whatever the logger behind it does.
 *
 * @param sources Asked at each line, because secrets come and go.
 */
export function redactingLogger(logger: Logger, sources: readonly SecretSource[]): Logger {
  const write =
    (level: keyof Logger): Logger['info'] =>
    (fields, message) => {
      try {
        const secrets = collectSecrets(sources)
        const shown = redactValue(fields, secrets) as typeof fields
        logger[level](shown, redactText(message, secrets))
      } catch {
        // A logger that fails must not fail a call, and there is nowhere left to say so.
      }
    }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}

/** The longest first: one may be the beginning of another. */
function collectSecrets(sources: readonly SecretSource[]): string[] {
  const secrets = new Set<string>()
  for (const source of sources) for (const secret of source()) secrets.add(secret)
  return [...secrets].sort((left, right) => right.length - left.length)
}
