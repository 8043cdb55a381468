import fc from 'fast-check'

/** The same in every run, so that a failure is everybody's; another one may be tried from outside. */
const seed = Number(process.env.TOLLGATE_TEST_SEED ?? 20_261_125)
/** How many times the usual number of runs. */
const factor = Number(process.env.TOLLGATE_TEST_RUNS ?? 1)

/**
 * Runs a property. A failure tells the seed and the path with which it comes again.
 *
 * @example
 * holds(fc.nat(), 100, (value) => expect(value).toBeGreaterThanOrEqual(0))
 */
export function holds<Value>(
  arbitrary: fc.Arbitrary<Value>,
  runs: number,
  property: (value: Value) => void,
): void {
  fc.assert(fc.property(arbitrary, property), { numRuns: Math.ceil(runs * factor), seed })
}
