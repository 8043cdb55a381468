import type { UpstreamRequest } from '../transport.ts'

const line = /^[\t\x20-\x7e\x80-\xff]*$/
const target = /^[\x21-\x7e]+$/

/**
 * The head of a request, the empty line included, as Latin-1 text.
 *
 * @param host For the header `host`.
 * @throws TypeError that names the header whose value would end its line.
 */
export function renderRequestHead({ method, path, headers, body }: UpstreamRequest, host: string): string {
  if (!target.test(path)) throw new TypeError('The path of an upstream request holds a forbidden character.')
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`
  for (const name in headers) {
    const value = headers[name] as string
    if (!line.test(value)) throw new TypeError(`The header "${name}" holds a forbidden character.`)
    head += `${name}: ${value}\r\n`
  }
  return body === undefined ? `${head}\r\n` : `${head}content-length: ${body.length}\r\n\r\n`
}
