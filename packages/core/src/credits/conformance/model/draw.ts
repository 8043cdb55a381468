import type { Arbitrary, FastCheck } from './fast-check.ts'

/** How often each kind of step comes, against the others. */
const weights = {
  hold: 12,
  repeat: 3,
  alter: 2,
  old: 1,
  extend: 5,
  settle: 8,
  release: 3,
  credit: 4,
  recredit: 2,
  wrong: 1,
  wait: 5,
  jump: 2,
  expire: 2,
  read: 1,
  audit: 1,
  restart: 1,
} as const

export type StepKind = keyof typeof weights

/** One step as it is drawn: numbers that a sequence under way gives their meaning. */
export interface Draw {
  readonly kind: StepKind
  readonly account: number
  /** Which earlier call or credit, counted back from the last. */
  readonly earlier: number
  readonly key: number
  readonly amount: number
  readonly part: number
  readonly way: number
  /** Whether the balance is compared afterwards: reading it ends grants, which must not always happen. */
  readonly looks: boolean
}

/** A sequence of steps, when it begins, and what its amounts are multiplied with. */
export interface DrawnSequence {
  readonly start: number
  readonly scale: bigint
  /** Which limits most of its keys have. */
  readonly limits: number
  readonly steps: readonly Draw[]
}

/** Minutes before the ends of a day, of a week, of a month, of all three at once, and of a leap year's February. */
const starts = [
  Date.UTC(2031, 4, 14, 23, 58, 50),
  Date.UTC(2031, 4, 18, 23, 57, 7),
  Date.UTC(2031, 5, 30, 23, 59, 1),
  Date.UTC(2030, 2, 31, 23, 58, 30),
  Date.UTC(2032, 1, 29, 23, 59, 59, 990),
]

/** The largest leads above 1e14, where text made of floats loses digits, and to the edge of 2^53-1. */
const scales = [1n, 1n, 1_000_003n, 7_000_000_000_001n]

export function drawSequence(fc: FastCheck, steps: number): Arbitrary<DrawnSequence> {
  const kinds = Object.entries(weights).flatMap(([kind, weight]) =>
    Array.from({ length: weight }, () => kind as StepKind),
  )
  const draw = fc.record<Draw>({
    kind: fc.constantFrom(...kinds),
    account: fc.constantFrom(0, 0, 0, 1, 1, 2),
    earlier: fc.nat(10),
    key: fc.nat(31),
    amount: fc.nat(400),
    part: fc.nat(100),
    way: fc.nat(11),
    looks: fc.constantFrom(true, true, false),
  })
  return fc.record<DrawnSequence>({
    start: fc.constantFrom(...starts),
    scale: fc.constantFrom(...scales),
    limits: fc.nat(7),
    steps: fc.array(draw, { maxLength: steps, size: 'max' }),
  })
}
