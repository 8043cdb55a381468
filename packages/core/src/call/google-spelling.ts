import { GatewayError } from '../errors/gateway-error.ts'

/** A member's name in the other of the two spellings that Google's servers take. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/**
 * The spelling in which a member was sent, of the two that Google's servers take: `generationConfig` and
 * `generation_config`. Undefined where it was not sent.
 *
 * @param isSent Whether there is a member of exactly this name.
 * @param place What is in front of the name, for the message.
 * @throws GatewayError `invalid_request` for a member that was sent in both: which of them the provider heeds, nobody says.
 * @example
 * spellingOf('maxOutputTokens', (name) => Object.hasOwn(config, name)) // 'max_output_tokens'
 */
export function spellingOf(name: string, isSent: (name: string) => boolean, place = ''): string | undefined {
  const snake = snakeCase(name)
  if (!isSent(snake)) return isSent(name) ? name : undefined
  if (snake === name || !isSent(name)) return snake
  const message = `The member "${place}${name}" occurs twice, the second time as "${snake}".`
  throw new GatewayError({ code: 'invalid_request', message, param: place + name })
}
