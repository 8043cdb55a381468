import { GatewayError } from '../errors/gateway-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { GatewayOptions } from '../options/options.ts'
import { isStoredName } from '../store/stored-name.ts'
import type { AccessKeys } from './access-keys.ts'
import type { Caller } from './callers/caller.ts'
import type { Callers } from './callers/callers.ts'
import type { Principal } from './principal.ts'
import { isAccessKey, isManagementKey, readCredential } from './read-credential.ts'

export interface AuthenticateOptions {
  readonly keys: Pick<AccessKeys, 'authenticate'>
  readonly callers: Pick<Callers, 'principalOf'>
  /** The host's own login, asked where no access key was sent. */
  readonly authenticate?: GatewayOptions['authenticate']
  /** Where the client is, in place of what the exchange says. */
  readonly remoteAddress?: GatewayOptions['remoteAddress']
}

/** Who makes a request: at once where the key is known, otherwise a promise. */
export type Authenticate = (exchange: Exchange) => Principal | Promise<Principal>

/**
 * Authenticates requests by access key, or else by the host's own login. An access key never reaches that
 * login, so nobody can turn a bad key into somebody's session.
 */
export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  const { keys, callers, authenticate, remoteAddress } = options
  const identify: Authenticate = (exchange) => {
    const credential = readCredential(exchange.headers, exchange.search)
    if (credential !== undefined && isAccessKey(credential)) return keys.authenticate(credential)
    if (credential !== undefined && isManagementKey(credential)) throw unauthenticated(credential)
    if (authenticate) return askHost(authenticate, exchange).then((caller) => principalOf(callers, caller))
    throw unauthenticated(credential)
  }
  /** From where a call comes matters to those alone that say from where theirs may. */
  const admit = (principal: Principal, exchange: Exchange): Principal => {
    const { admitsAddress } = principal
    if (!admitsAddress || admitsAddress(addressOf(exchange, remoteAddress))) return principal
    const message = 'Calls may not come from this network address.'
    throw new GatewayError({ code: 'address_not_allowed', message })
  }
  return (exchange) => {
    const principal = identify(exchange)
    return principal instanceof Promise
      ? principal.then((known) => admit(known, exchange))
      : admit(principal, exchange)
  }
}

/** A host that does not know lets nobody in. */
function addressOf(exchange: Exchange, ask: GatewayOptions['remoteAddress']): string | undefined {
  if (!ask) return exchange.remoteAddress()
  const { method, path, headers, source } = exchange
  try {
    return ask({ method, path, headers, source })
  } catch (cause) {
    const message = 'The address of the client could not be found out.'
    throw new GatewayError({ code: 'internal', message, cause })
  }
}

function unauthenticated(credential: string | undefined): GatewayError {
  const message =
    credential === undefined
      ? 'No access key was sent. Send it as "Authorization: Bearer tg_…" or as "x-api-key: tg_…".'
      : 'The credential is not an access key of this gateway; those begin with "tg_".'
  return new GatewayError({ code: 'invalid_api_key', message })
}

const maximumAccount = 256

async function askHost(
  authenticate: NonNullable<GatewayOptions['authenticate']>,
  { method, path, headers, source }: Exchange,
): Promise<Caller> {
  const caller = await ask(() => authenticate({ method, path, headers, source }))
  if (caller === undefined) {
    throw new GatewayError({ code: 'invalid_api_key', message: 'The request is not authenticated.' })
  }
  const { account, subject, ...policy } = caller as { account: unknown; subject?: unknown }
  if (typeof account !== 'string' || account.length > maximumAccount || !isStoredName(account)) {
    throw misanswered(
      `"account" must be text of 1 to ${maximumAccount} characters, none of them zero or broken`,
    )
  }
  if (subject !== undefined && typeof subject !== 'string') throw misanswered('"subject" must be text')
  return { ...policy, account, subject }
}

/** A policy that is none is the host's mistake, and not the client's. */
async function principalOf(callers: AuthenticateOptions['callers'], caller: Caller): Promise<Principal> {
  try {
    return await callers.principalOf(caller)
  } catch (error) {
    if (!GatewayError.isInstance(error) || error.code !== 'invalid_request') throw error
    throw misanswered(error.message.replace(/\.$/, ''))
  }
}

/** What the host throws is its own business, unless it speaks our language. */
async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question()
  } catch (cause) {
    if (GatewayError.isInstance(cause)) throw cause
    throw new GatewayError({ code: 'internal', message: 'The login of this server failed.', cause })
  }
}

function misanswered(problem: string): GatewayError {
  const cause = new Error(`The option authenticate gave an answer in which ${problem}.`)
  return new GatewayError({ code: 'internal', message: 'The login of this server failed.', cause })
}
