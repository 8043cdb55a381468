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

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/

/**
 * Reads the status line and the headers of an answer, strictly as RFC 9112 writes them.
 *
 * @param text Latin-1, without the empty line that ends it.
 * @throws ConnectionError `malformed`.
 */
export function parseResponseHead(text: string): ResponseHead {
  const lineEnd = text.indexOf('\r\n')
  const match = statusLine.exec(lineEnd < 0 ? text : text.slice(0, lineEnd))
  if (!match) throw malformed('the status line is not that of HTTP/1.1')
  const headers = lineEnd < 0 ? {} : parseHeaders(text, lineEnd + 2)
  const status = Number(match[2])
  const isHttp11 = match[1] === '1'
  return {
    status,
    headers,
    framing: framingOf(status, headers, isHttp11),
    keepAlive: staysOpen(headers, isHttp11),
    idleMs: headers['keep-alive'] === undefined ? undefined : idleTimeOf(String(headers['keep-alive'])),
  }
}

/** What names and values are made of, by character: a table is three times as fast here as patterns are. */
const [nameCharacters, valueCharacters] = [/[!#$%&'*+\-.^_`|~\w]/, /[\t\x20-\x7e\x80-\xff]/].map((pattern) =>
  Uint8Array.from({ length: 256 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? 1 : 0)),
) as [Uint8Array, Uint8Array]

const carriageReturn = 0x0d
const newline = 0x0a
const space = 0x20
const colon = 0x3a

function parseHeaders(text: string, from: number): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (let at = from; at < text.length; ) {
    const nameEnd = skip(text, at, nameCharacters)
    if (nameEnd === at || text.charCodeAt(nameEnd) !== colon) throw malformed('a header has no name')
    const end = skip(text, nameEnd + 1, valueCharacters)
    if (end < text.length && !endsLine(text, end)) {
      throw malformed('a header holds a character that none may hold')
    }
    const start = text.charCodeAt(nameEnd + 1) === space ? nameEnd + 2 : nameEnd + 1
    addHeader(headers, text.slice(at, nameEnd).toLowerCase(), text.slice(start, end).trim())
    at = end + 2
  }
  return headers
}

/** Where the first character stands that is not in the table. */
function skip(text: string, from: number, table: Uint8Array): number {
  let at = from
  while (at < text.length && table[text.charCodeAt(at)] === 1) at++
  return at
}

/** Both characters: readers disagree on what one of them alone means. */
function endsLine(text: string, at: number): boolean {
  return text.charCodeAt(at) === carriageReturn && text.charCodeAt(at + 1) === newline
}

function addHeader(headers: Record<string, string | string[]>, name: string, value: string): void {
  if (name === '__proto__') return
  const known = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (known === undefined) headers[name] = value
  else if (typeof known === 'string') headers[name] = [known, value]
  else known.push(value)
}

const digits = /^\d{1,15}$/

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
  if (typeof length === 'string' && digits.test(length)) return Number(length)
  const [first = '', ...others] = String(length).split(/\s*,\s*/)
  if (digits.test(first) && others.every((other) => other === first)) return Number(first)
  throw malformed('its content-length is not one number')
}

function staysOpen(headers: HeaderMap, isHttp11: boolean): boolean {
  const { connection } = headers
  if (headers['transfer-encoding'] !== undefined && headers['content-length'] !== undefined) return false
  if (connection === undefined || connection === 'keep-alive') return isHttp11 || connection !== undefined
  const said = String(connection).toLowerCase()
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
