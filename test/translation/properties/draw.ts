import fc from 'fast-check'

/** A value or none. */
export const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.option(arbitrary, { nil: undefined, freq: 3 })

/** One of these. */
export const among = <Value>(values: readonly Value[]) => fc.constantFrom(...values)
