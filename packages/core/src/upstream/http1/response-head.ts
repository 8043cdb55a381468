import { ConnectionError } from '../connection-error.ts'
import type { HeaderMap } from '../transport.ts'

/** Where the body of an answer ends: nowhere, after so many bytes, after its last chunk, or with the connection. */
export type Framing = 'none' | 'chunked' | 'close' | number

export interface ResponseHead {
  readonly status: number
  readonly headers: HeaderMap
  readonly framing: Framing
  /** The connection may carry another request behind this answer. */
  readonly keepAlive: boolean
  /** Milliseconds that the other side keeps an idle connection, where it says so. */
  readonly idleMs: number | undefined
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/
/** Anything but text, and line ends that are not both characters: readers disagree on what those mean. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?:^|[^\r])\n/
const token = /^[!#$%&'*+\-.^_`|~\w]+$/

/**
 * Reads the status line and the headers of an answer, strictly as RFC 9112 writes them.
 *
 * @param text Latin-1, without the empty line that ends it.
 * @throws ConnectionError `malformed`.
 */
export function parseResponseHead(text: string): ResponseHead {
  if (forbidden.test(text)) throw malformed('a header holds a character that none may hold')
  const lineEnd = text.indexOf('\r\n')
  const match = statusLine.exec(lineEnd < 0 ? text : text.slice(0, lineEnd))
  if (!match) throw malformed('the status line is not that of HTTP/1.1')
  const headers = lineEnd < 0 ? {} : parseHeaders(text, lineEnd + 2)
  const [, minor, status] = match
  return {
    status: Number(status),
    headers,
    framing: framingOf(Number(status), headers, minor === '1'),
    keepAlive: staysOpen(headers, minor === '1'),
    idleMs: headers['keep-alive'] === undefined ? undefined : idleTimeOf(String(headers['keep-alive'])),
  }
}

function parseHeaders(text: string, from: number): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (let at = from; at < text.length; ) {
    const found = text.indexOf('\r\n', at)
    const end = found < 0 ? text.length : found
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon > end) throw malformed('a header has no colon')
    const name = text.slice(at, colon)
    if (!token.test(name)) throw malformed('the name of a header is none')
    addHeader(headers, name.toLowerCase(), text.slice(colon + 1, end).trim())
    at = end + 2
  }
  return headers
}

function addHeader(headers: Record<string, string | string[]>, name: string, value: string): void {
  if (name === '__proto__') return
  const known = headers[name]
  if (known === undefined) headers[name] = value
  else if (typeof known === 'string') headers[name] = [known, value]
  else known.push(value)
}

/** A length beside chunks is ignored, and two lengths that differ are an attack (RFC 9112, 6.3). */
function framingOf(status: number, headers: HeaderMap, isHttp11: boolean): Framing {
  const encoding = headers['transfer-encoding']
  if (encoding !== undefined) {
    if (isHttp11 && String(encoding).toLowerCase() === 'chunked') return 'chunked'
    throw malformed('its transfer-encoding is not "chunked"')
  }
  if (status < 200 || status === 204 || status === 304) return 'none'
  const length = headers['content-length']
  if (length === undefined) return 'close'
  const lengths = new Set(
    String(length)
      .split(',')
      .map((part) => part.trim()),
  )
  const [first = ''] = lengths
  if (lengths.size > 1 || !/^\d{1,15}$/.test(first)) throw malformed('its content-length is not a number')
  return Number(first)
}

function staysOpen(headers: HeaderMap, isHttp11: boolean): boolean {
  const connection = headers.connection
  const said = connection === undefined ? '' : String(connection).toLowerCase()
  if (headers['transfer-encoding'] !== undefined && headers['content-length'] !== undefined) return false
  return isHttp11 ? !said.includes('close') : said.includes('keep-alive')
}

function idleTimeOf(keepAlive: string): number | undefined {
  const seconds = /(?:^|[,;\s])timeout=(\d{1,6})/i.exec(keepAlive)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

/** An answer that is not what HTTP/1.1 says it must be. */
export function malformed(what: string): ConnectionError {
  return new ConnectionError('malformed', `The answer cannot be read: ${what}.`)
}
