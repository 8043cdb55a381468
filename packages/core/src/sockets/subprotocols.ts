/** What a client wrote into `sec-websocket-protocol`. */
export interface Subprotocols {
  /** The access key of a browser, which can send no header. */
  readonly key: string | undefined
  /** What goes on to the provider. */
  readonly forwarded: readonly string[]
  /** The one that the client is answered with. */
  readonly answered: string | undefined
}

const keyPrefix = 'openai-insecure-api-key.'
const known = /^(realtime|openai-beta\.[\w-]{1,64})$/

/**
 * Takes the subprotocols apart. Keys, organisations and projects that stand among them stay here.
 *
 * @example
 * readSubprotocols('realtime, openai-insecure-api-key.tg_x') // { key: 'tg_x', forwarded: ['realtime'], … }
 */
export function readSubprotocols(header: string | undefined): Subprotocols {
  const names = (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const forwarded = [...new Set(names.filter((name) => known.test(name)))]
  const key = names.find((name) => name.startsWith(keyPrefix))?.slice(keyPrefix.length)
  const answered = forwarded.includes('realtime') ? 'realtime' : (forwarded[0] ?? undefined)
  return { key, forwarded, answered }
}
