import { orderKeys } from '../../access/key-order/order-keys.ts'
import type { RoutingStep } from '../../access/policy.ts'
import type { CallBasis } from '../call.ts'
import { conversationKey } from '../selection/conversation-key.ts'
import type { CallServices, OwnCredential } from '../services.ts'

/** Who calls, and what tells their conversation, where there is one. */
export type Caller = Pick<CallBasis, 'principal'> & Partial<Pick<CallBasis, 'envelope' | 'exchange'>>

type OwnStep = Extract<RoutingStep, { type: 'own' }>

export interface StepKeys {
  readonly provider: string
  readonly step: OwnStep
  /** Every key that the account has for the provider, oldest first. */
  readonly keys: readonly OwnCredential[]
}

/** The keys of a step in the order in which they are tried. */
export function keysOfStep(
  { health, keyTurns }: CallServices,
  caller: Caller,
  { provider, step, keys }: StepKeys,
): readonly OwnCredential[] {
  const { strategy = 'ordered' } = step
  const named = step.keys?.flatMap(({ id, weight }) =>
    keys.filter((key) => key.id === id).map((key) => ({ key, id, weight })),
  )
  const all = named ?? keys.map((key) => ({ key, id: key.id }))
  const ordered = orderKeys(strategy, all, {
    state: (id) => health.state(provider, id),
    errorShare: (id) => health.errorShare(provider, id),
    turn: () => keyTurns.next(`${caller.principal.account} ${provider} ${all.map(({ id }) => id).join(' ')}`),
    affinity: strategy === 'weighted' && all.length > 1 ? conversationOf(caller) : undefined,
  })
  return ordered.map(({ key }) => key)
}

function conversationOf({ principal, envelope, exchange }: Caller): string | undefined {
  if (!envelope || !exchange) return undefined
  const { members, model } = envelope
  return conversationKey({ account: principal.account, model, members, headers: exchange.headers })
}
