const words =
  /context_length_exceeded|(prompt|input) is too long|exceeds? (the |its )?context (window|limit)|context (window|limit|length) exceeded|maximum (context|prompt) length|input token count.{0,40}exceeds/i

/**
 * Whether a provider's refusal says that the prompt is longer than its model takes: clients that hear it in their own
 * words make their conversation shorter and go on.
 *
 * @example
 * saysTooLong('prompt is too long: 210094 tokens > 200000 maximum') // true
 */
export function saysTooLong(refusal: string): boolean {
  return words.test(refusal)
}
