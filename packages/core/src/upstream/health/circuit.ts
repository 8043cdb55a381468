import { createProbe } from './probe.ts'
import { createRecentOutcomes } from './recent-outcomes.ts'

/** When a circuit opens, and for how long. */
export interface CircuitRules {
  /** Failures in a row. */
  readonly failures: number
  /** Share of failures within the window, from 0 to 1, once there were `minimumVolume` attempts. */
  readonly errorShare: number
  readonly minimumVolume: number
  readonly windowMs: number
  /** The shortest and the longest time that it stays open. */
  readonly shortestMs: number
  readonly longestMs: number
  readonly probeMs: number
}

/** What an attempt remembers of the circuit it began under. */
export interface CircuitTicket {
  /** Counts openings and closings: what was begun before the last one proves nothing about now. */
  readonly epoch: number
  /** 0 for an attempt that is no probe. */
  readonly probe: number
}

export type CircuitState = 'closed' | 'open' | 'half_open'

/** Keeps attempts away from a provider that fails, and lets one at a time find out when it works again. */
export interface Circuit {
  begin(now: number): CircuitTicket
  succeeded(ticket: CircuitTicket, now: number): void
  /** @param waitMs What the provider asked to wait, if it did. */
  failed(ticket: CircuitTicket, now: number, waitMs?: number): void
  /** It ended without saying anything of the provider. */
  abandoned(ticket: CircuitTicket): void
  state(now: number): CircuitState
  isProbed(now: number): boolean
  /** Of an open circuit: when a probe may be sent. */
  until(now: number): number
  consecutiveFailures(): number
  errorShare(now: number): number
}

export function createCircuit(rules: CircuitRules, random: () => number): Circuit {
  const outcomes = createRecentOutcomes(rules.windowMs)
  const probe = createProbe(rules.probeMs)
  let epoch = 0
  let isOpen = false
  let until = 0
  let consecutive = 0
  /** How often it opened since it last stayed closed for a whole window. */
  let openings = 0
  let closedAt = 0

  const open = (now: number, waitMs: number) => {
    if (!isOpen && now - closedAt >= rules.windowMs) openings = 0
    openings += 1
    const longest = Math.min(rules.longestMs, rules.shortestMs * 2 ** Math.min(openings, 30))
    // Between half and the whole: processes that saw the same outage do not come back all at once.
    const chosen = Math.max(rules.shortestMs, longest * (0.5 + random() / 2))
    until = now + Math.min(rules.longestMs, Math.max(chosen, waitMs))
    isOpen = true
    epoch += 1
  }
  const close = (now: number) => {
    isOpen = false
    closedAt = now
    outcomes.clear()
    epoch += 1
  }
  const isTooMuch = (now: number) =>
    consecutive >= rules.failures ||
    (outcomes.total(now) >= rules.minimumVolume && outcomes.errorShare(now) >= rules.errorShare)
  const state = (now: number): CircuitState => {
    if (!isOpen) return 'closed'
    return now < until ? 'open' : 'half_open'
  }
  const isProbed = (now: number) => isOpen && now >= until && probe.isTaken(now)

  return {
    begin: (now) => {
      const mayProbe = isOpen && now >= until && !probe.isTaken(now)
      return { epoch, probe: mayProbe ? probe.take(now) : 0 }
    },
    succeeded: (ticket, now) => {
      if (ticket.probe > 0) probe.give(ticket.probe)
      if (ticket.epoch !== epoch) return
      // One that was sent in spite of the open circuit proves as much as a probe.
      if (isOpen) close(now)
      consecutive = 0
      outcomes.count(false, now)
    },
    failed: (ticket, now, waitMs = 0) => {
      if (ticket.probe > 0) probe.give(ticket.probe)
      if (ticket.epoch !== epoch || (isOpen && ticket.probe === 0)) return
      consecutive += 1
      outcomes.count(true, now)
      if (isOpen || isTooMuch(now)) open(now, waitMs)
    },
    abandoned: (ticket) => {
      if (ticket.probe > 0) probe.give(ticket.probe)
    },
    state,
    isProbed,
    until: (now) => (isProbed(now) ? probe.until() : until),
    consecutiveFailures: () => consecutive,
    errorShare: outcomes.errorShare,
  }
}
