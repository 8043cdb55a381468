import type { AccessKeyPrincipal } from './access-key-principal.ts'
import { parseToken } from './access-key-token.ts'
import type { Verdict } from './access-key-verdict.ts'
import { refuse } from './refusal.ts'
import { createShortMemory } from './short-memory.ts'

export interface AuthenticatorOptions {
  /** What the store says of a token. */
  readonly judge: (token: PresentedToken) => Promise<Verdict>
  readonly onUse: (id: string, at: number) => void
  readonly now: () => number
  /** How long a verdict is believed. */
  readonly cacheMs: number
}

/** A token of the right shape, and the id in it. */
export interface PresentedToken {
  readonly id: string
  readonly text: string
}

export interface Authenticator {
  /** At once when the token's verdict is cached. */
  authenticate(token: string): AccessKeyPrincipal | Promise<AccessKeyPrincipal>
  /** Forgets every verdict, those still being looked up included. */
  forget(): void
}

/** Verifies tokens with a short memory of what the store said. */
export function createAuthenticator({ judge, onUse, now, cacheMs }: AuthenticatorOptions): Authenticator {
  const memory = createShortMemory<Verdict>({ now, cacheMs, isLesser: ({ accepted }) => !accepted })

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
      const known = memory.recall(text)
      if (known) return answer(known)
      const token = parseToken(text)
      if (!token) throw refuse('malformed')
      return memory.load(text, () => judge({ id: token.id, text })).then(answer)
    },
    forget: memory.forget,
  }
}
