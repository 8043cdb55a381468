import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { bodyOf } from '../../bytes/body-bytes.ts'
import { fromWire } from '../../bytes/wire-text.ts'
import type { GoogleServiceAccount } from '../../providers/cloud-credentials.ts'
import { type CollectedAnswer, collectAnswer } from '../collect-answer.ts'
import type { Transport, UpstreamRequest } from '../transport.ts'
import { CredentialError } from './credential-error.ts'
import type { Perishable } from './refreshed.ts'

/** A service account whose key has been read. */
export interface TokenSource {
  readonly email: string
  readonly keyId: string | undefined
  readonly key: KeyObject
  /** Where its tokens are had. */
  readonly address: URL
}

const scope = 'https://www.googleapis.com/auth/cloud-platform'
const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const lifetimeSeconds = 3600
const patienceMs = 10_000

/** @throws Error that says what is wrong with it and repeats nothing of it. */
export function readServiceAccount(account: GoogleServiceAccount): TokenSource {
  const { client_email: email, private_key: pem, private_key_id: keyId } = account
  const address = new URL(account.token_uri ?? 'https://oauth2.googleapis.com/token')
  return { email, keyId, key: readKey(pem), address }
}

function readKey(pem: string): KeyObject {
  let key: KeyObject | undefined
  try {
    key = createPrivateKey(pem)
  } catch {
    // Its own words repeat what was given.
  }
  if (key?.asymmetricKeyType === 'rsa') return key
  throw new Error('the member private_key is no RSA key in PEM')
}

/** Asks for an access token with an assertion that the account's key has signed (RFC 7523). */
export async function requestToken(source: TokenSource, transport: Transport): Promise<Perishable<string>> {
  const askedAt = Date.now()
  const answer = await send(tokenRequest(source, askedAt), transport)
  const { access_token: token, expires_in: seconds, ...rest } = parse(answer)
  if (answer.status !== 200 || typeof token !== 'string') throw refusal(answer.status, rest)
  return {
    value: token,
    expiresAt: askedAt + 1000 * (typeof seconds === 'number' ? seconds : lifetimeSeconds),
  }
}

function tokenRequest(source: TokenSource, now: number): UpstreamRequest {
  const form = new URLSearchParams({ grant_type: grant, assertion: assertion(source, now) })
  const { origin, pathname, search } = source.address
  return {
    method: 'POST',
    origin,
    path: pathname + search,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'identity' },
    body: bodyOf([Buffer.from(form.toString())]),
    headersTimeout: patienceMs,
    bodyTimeout: patienceMs,
  }
}

function assertion({ email, keyId, key, address }: TokenSource, now: number): string {
  const seconds = Math.floor(now / 1000)
  const claims = { iss: email, scope, aud: address.href, iat: seconds, exp: seconds + lifetimeSeconds }
  const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${encode(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

async function send(request: UpstreamRequest, transport: Transport): Promise<CollectedAnswer> {
  try {
    return await collectAnswer(transport, request)
  } catch (cause) {
    const message = `The token endpoint ${request.origin} cannot be reached: ${(cause as Error).message}`
    throw new CredentialError(message, { cause, isTransient: true })
  }
}

function parse({ body }: CollectedAnswer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(fromWire(body)))
  } catch {
    return {}
  }
}

function refusal(status: number, { error, error_description: words }: Readonly<Record<string, unknown>>) {
  const said = [error, words].filter((text) => typeof text === 'string').join(': ')
  const message = `The token endpoint answered with status ${status}. ${said.slice(0, 300)}`.trim()
  return new CredentialError(message, { isTransient: status >= 500 || status === 429 })
}
