import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** A request as a server of AWS sees it. */
export interface SignedRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const keyed = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** By RFC 3986, which leaves fewer characters alone than `encodeURIComponent` does. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** The path is encoded once more, as every service but S3 wants it. */
function canonicalRequest({ method, path, headers, body }: SignedRequest, names: readonly string[]): string {
  const { pathname, searchParams } = new URL(path, 'http://any')
  const pairs = [...searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort()
  const lines = names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`)
  const target = pathname.split('/').map(encode).join('/')
  return [method, target, pairs.join('&'), lines.join(''), names.join(';'), hash(body)].join('\n')
}

/** Where and for what a request is signed. */
export interface Scope {
  readonly region: string
  readonly service: string
}

/**
 * The signature (SigV4) that these bytes must have, from AWS's description of it and from no library. It is to be
 * compared with the one in the header `authorization`, which names the headers that are signed.
 */
export function expectedAuthorization(
  request: SignedRequest,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
  { region, service }: Scope,
): string {
  const time = String(request.headers['x-amz-date'])
  const signed = /SignedHeaders=([^,]+)/.exec(String(request.headers.authorization))?.[1] ?? ''
  const scope = [time.slice(0, 8), region, service, 'aws4_request']
  const canonical = canonicalRequest(request, signed.split(';'))
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), hash(canonical)].join('\n')
  const key = scope.reduce<string | Buffer>(keyed, `AWS4${keys.secretAccessKey}`)
  const signature = keyed(key, text).toString('hex')
  const credential = `${keys.accessKeyId}/${scope.join('/')}`
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`
}
