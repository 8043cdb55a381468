import type { Principal } from '../../access/principal.ts'
import type { Nano } from '../../billing/money.ts'
import { bodyOf } from '../../bytes/body-bytes.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { UpstreamRequest } from '../../upstream/transport.ts'
import { createCourse } from '../attempts/course.ts'
import { watchAttempt } from '../attempts/watch.ts'
import type { Target } from '../authorize.ts'
import type { Call, ResolvedCall } from '../call.ts'
import type { HoldPlan } from '../hold-plan.ts'
import { scanMembers } from '../json-members.ts'
import type { CallServices } from '../services.ts'

export interface PassedCallFacts {
  readonly id: string
  readonly exchange: Exchange
  readonly startedAt: number
  readonly principal: Principal
  readonly target: Target
  readonly model: string | undefined
  readonly stream: boolean
  readonly request: Omit<UpstreamRequest, 'body'>
}

const noMembers = scanMembers(bodyOf([Buffer.from('{}')]))

export type PassedCall = ResolvedCall & Pick<Call, 'prepared'>

/** What all calls have in common, of one whose body only its meter reads. */
export function passedCall(facts: PassedCallFacts): PassedCall {
  const { id, exchange, startedAt, principal, target, model, stream, request } = facts
  return {
    id,
    exchange,
    dialect: target.dialect,
    startedAt,
    principal,
    target,
    previous: undefined,
    isFree: false,
    envelope: {
      members: noMembers,
      model: model ?? target.resolution.publicId,
      fallbacks: [],
      stream,
      includeUsage: true,
      maxOutputTokens: undefined,
      choices: 1,
      serviceTier: undefined,
      speed: undefined,
      state: undefined,
    },
    prepared: {
      request: { ...request, body: undefined },
      warnings: [],
      removed: [],
      usageAdded: false,
      answer: undefined,
      maxOutputTokens: undefined,
      thinks: false,
      thinkingBudget: 0,
    },
  }
}

/** The one attempt of such a call, as it goes out. */
export function passedAttempt(
  services: CallServices,
  call: PassedCall,
  { plan, held }: { readonly plan: HoldPlan; readonly held: Nano },
): Call {
  const dispatchedAt = Date.now()
  const course = createCourse(call, { candidates: [call.target], skipped: [], conversation: undefined })
  course.attempts = 1
  const watch = watchAttempt(services, call, dispatchedAt)
  return { ...call, plan, held, limit: undefined, keeper: undefined, dispatchedAt, watch, course }
}
