import type { AccessKeyPrincipal } from './access-key-principal.ts'
import { parseToken } from './access-key-token.ts'
import { judge, refuse, type StoredKey, type Verdict } from './access-key-verdict.ts'

export interface AuthenticatorOptions {
  readonly load: (id: string) => Promise<StoredKey | undefined>
  readonly onUse: (id: string, at: number) => void
  readonly now: () => number
  /** How long a record that was read is believed. */
  readonly cacheMs: number
}

export interface Authenticator {
  /** At once when the token's verdict is cached. */
  authenticate(token: string): AccessKeyPrincipal | Promise<AccessKeyPrincipal>
  /** Forgets every verdict, those still being looked up included. */
  forget(): void
}

type CachedVerdict = Verdict & { readonly freshUntil: number }

/** Accepted and refused tokens each have this much room, so that a flood of bad keys evicts no good one. */
const cacheSize = 10_000

/** Verifies tokens with a short memory of what the store said. */
export function createAuthenticator({ load, onUse, now, cacheMs }: AuthenticatorOptions): Authenticator {
  const accepted = new Map<string, CachedVerdict>()
  const refused = new Map<string, CachedVerdict>()
  const pending = new Map<string, Promise<Verdict>>()
  let generation = 0

  /** A record read before a change may not be cached, nor answered with, after it. */
  const lookUp = async (id: string, text: string): Promise<Verdict> => {
    for (;;) {
      const started = generation
      const freshUntil = now() + cacheMs
      const verdict = judge({ id, text }, await load(id))
      if (started !== generation) continue
      const [cache, other] = verdict.accepted ? [accepted, refused] : [refused, accepted]
      other.delete(text)
      remember(cache, text, { ...verdict, freshUntil })
      return verdict
    }
  }

  /** Calls that arrive together with a new token share one look-up. */
  const lookUpOnce = (id: string, text: string): Promise<Verdict> => {
    const under = pending.get(text)
    if (under) return under
    const verdict = lookUp(id, text).finally(() => {
      if (pending.get(text) === verdict) pending.delete(text)
    })
    pending.set(text, verdict)
    return verdict
  }

  const answer = (verdict: Verdict): AccessKeyPrincipal => {
    if (!verdict.accepted) throw refuse(verdict.refusal, verdict.id)
    const { principal, end } = verdict
    const at = now()
    if (at >= end.at) throw refuse(end.refusal, principal.accessKeyId)
    onUse(principal.accessKeyId, at)
    return principal
  }

  return {
    authenticate: (text) => {
      const cached = accepted.get(text) ?? refused.get(text)
      if (cached && now() < cached.freshUntil) return answer(cached)
      const token = parseToken(text)
      if (!token) throw refuse('malformed')
      return lookUpOnce(token.id, text).then(answer)
    },
    forget: () => {
      generation += 1
      accepted.clear()
      refused.clear()
      pending.clear()
    },
  }
}

/** Drops the oldest entry when full; entries live for seconds, so nothing cleverer pays. */
function remember<Value>(cache: Map<string, Value>, key: string, value: Value): void {
  cache.delete(key)
  if (cache.size >= cacheSize) cache.delete(cache.keys().next().value as string)
  cache.set(key, value)
}
